# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Whether the customers a rule ran for differ from those held out: differences, each with an interval. Pure.

Means: Welch's interval (B. L. Welch, Biometrika 34, 1947, 28-35; degrees of freedom after F. E. Satterthwaite,
Biometrics Bulletin 2, 1946, 110-114), for a treatment that works may make the arms vary unlike. The quantile of
Student's t is the Cornish-Fisher expansion of M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions,
26.7.5: at 95 % within 0.0003 from 5 degrees of freedom on, within 0.000001 from 29 on.

A few large customers can make Welch's interval of a small arm far too short. What is to be proven must therefore also
lie outside of what the lot alone would bring if the treatment did nothing: E. J. G. Pitman's test for two samples
(Supplement to the Journal of the Royal Statistical Society 4, 1937, 119-130), its distribution by the first three
moments (26.2.49 of the Handbook). It needs no assumption but the lot.

Shares: Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17, 1998, 873-890, method 10), made
of one interval of Wilson (JASA 22, 1927, 209-212) for each arm. It serves where few buy, and stays within ±1.
"""

from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
SMALLEST_ARM = 30
"""With fewer customers in an arm there is no interval."""

TOO_FEW = "too few"
UNLIKE = "unlike"
INCLUDES_ZERO = "includes zero"
FEW_LARGE = "few large"


@dataclass(frozen=True, slots=True)
class Sample:
	"""One arm: `n` customers, the mean of a figure, its variance (by n - 1) and third central moment (by n)."""

	n: int = 0
	mean: float = 0.0
	variance: float = 0.0
	third: float = 0.0

	@classmethod
	def of_moments(cls, n: int, mean: object, variance: object, cube: object) -> "Sample":
		"""From what databases compute: AVG(x), VAR_SAMP(x), which has no value for one customer, and AVG(POW(x, 3))."""
		mean, variance = float(mean), float(variance or 0)
		third = float(cube) - 3 * mean * variance * (n - 1) / n - mean**3
		return cls(n, mean, variance, third)


@dataclass(frozen=True, slots=True)
class Verdict:
	"""The first arm less the second, with its interval in the same unit; none if there are too few.

	If it is not proven, `reason` is TOO_FEW, UNLIKE (the arms cannot be compared), INCLUDES_ZERO, or FEW_LARGE: the
	interval leaves zero out, but the lot alone brings such differences where few customers are so large.
	"""

	difference: float
	low: float | None = None
	high: float | None = None
	proven: bool = False
	reason: str = TOO_FEW


def difference_of_means(first: Sample, second: Sample) -> Verdict:
	"""How much more the customers of the first arm have on average than those of the second."""
	difference = first.mean - second.mean
	if min(first.n, second.n) < SMALLEST_ARM:
		return Verdict(difference)
	low, high = welch(first, second)
	return _verdict(difference, low, high, by_lot=by_lot(first, second))


def difference_of_shares(first: tuple[int, int], second: tuple[int, int]) -> Verdict:
	"""How much larger the share of the first arm is than that of the second; each is (how many, of how many)."""
	difference = _share(*first) - _share(*second)
	if min(first[1], second[1]) < SMALLEST_ARM:
		return Verdict(difference)
	return _verdict(difference, *newcombe(first, second))


def welch(first: Sample, second: Sample, confidence: float = CONFIDENCE) -> tuple[float, float]:
	"""Welch's interval for the difference of two means; each arm has two customers at least."""
	parts = (first.variance / first.n, second.variance / second.n)
	spread = sum(parts)
	freedom = inf
	if spread:
		freedom = spread**2 / (parts[0] ** 2 / (first.n - 1) + parts[1] ** 2 / (second.n - 1))
	reach = t_quantile((1 + confidence) / 2, freedom) * sqrt(spread)
	difference = first.mean - second.mean
	return difference - reach, difference + reach


def by_lot(first: Sample, second: Sample, confidence: float = CONFIDENCE) -> bool:
	"""Whether the lot alone brings such a difference of means between arms that are treated alike."""
	n = first.n + second.n
	mean = (first.n * first.mean + second.n * second.mean) / n
	squares = cubes = 0.0
	for arm in (first, second):
		off, variance = arm.mean - mean, arm.variance * (arm.n - 1) / arm.n
		squares += arm.n * (variance + off**2)
		cubes += arm.n * (arm.third + 3 * off * variance + off**3)
	if not squares:
		return True
	error = sqrt(squares / (n - 1) * n / (first.n * second.n))
	skew = cubes * (second.n - first.n) / (first.n * second.n) ** 2 / error**3
	z = NormalDist().inv_cdf((1 + confidence) / 2)
	shift = skew * (z**2 - 1) / 6
	return -z + shift <= (first.mean - second.mean) / error <= z + shift


def newcombe(
	first: tuple[int, int], second: tuple[int, int], confidence: float = CONFIDENCE
) -> tuple[float, float]:
	"""Newcombe's hybrid score interval for the difference of two shares, each (how many, of how many)."""
	one, other = _share(*first), _share(*second)
	one_low, one_high = wilson(*first, confidence)
	other_low, other_high = wilson(*second, confidence)
	return (
		one - other - sqrt((one - one_low) ** 2 + (other_high - other) ** 2),
		one - other + sqrt((one_high - one) ** 2 + (other - other_low) ** 2),
	)


def wilson(hits: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
	"""Wilson's score interval for one share."""
	z = NormalDist().inv_cdf((1 + confidence) / 2)
	middle = 2 * hits + z**2
	reach = z * sqrt(z**2 + 4 * hits * (n - hits) / n)
	return (middle - reach) / (2 * (n + z**2)), (middle + reach) / (2 * (n + z**2))


def t_quantile(p: float, freedom: float) -> float:
	"""The quantile of Student's t with so many degrees of freedom, which need be no whole number."""
	x = NormalDist().inv_cdf(p)
	terms = (
		(x**3 + x) / 4,
		(5 * x**5 + 16 * x**3 + 3 * x) / 96,
		(3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
		(79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
	)
	return x + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def _verdict(difference: float, low: float, high: float, *, by_lot: bool = False) -> Verdict:
	if low <= 0 <= high:
		return Verdict(difference, low, high, reason=INCLUDES_ZERO)
	if by_lot:
		return Verdict(difference, low, high, reason=FEW_LARGE)
	return Verdict(difference, low, high, proven=True, reason="")


def _share(hits: int, n: int) -> float:
	return hits / n if n else 0.0
