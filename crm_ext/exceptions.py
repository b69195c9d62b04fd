# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The named errors of crm_ext. They know their sentence in English; the controller or API translates it."""

from collections.abc import Callable


class Term(str):
	"""A word of our own within a message (an operator, a status, a label): translated like the sentence."""


class CrmExtError(Exception):
	"""An error with a message for people: `template` is the English sentence, `values` fill its braces.

	Values that are a Term, or a tuple of them, are translated along with the sentence; others stay as given.
	"""

	template = "{reason}"

	def __init__(self, **values: object):
		self.values = values
		super().__init__(self.translated(str))

	def translated(self, translate: Callable[[str], str]) -> str:
		values = {name: _worded(value, translate) for name, value in self.values.items()}
		return translate(self.template).format(**values)


def _worded(value: object, translate: Callable[[str], str]) -> object:
	if isinstance(value, tuple):
		return ", ".join(str(_worded(part, translate)) for part in value)
	return translate(value) if isinstance(value, Term) else value


class RuleError(CrmExtError):
	"""A rule that cannot be evaluated. Never to be read as “does not match”."""


class UnknownFact(RuleError):
	template = "The fact “{fact}” is not known here. Choose one from the list."


class WrongOperator(RuleError):
	template = "“{operator}” does not go with the fact “{fact}”. Choose one of: {allowed}."


class InvalidValue(RuleError):
	template = "“{value}” is not a value of the fact “{fact}”. Give {expected}."


class MissingUnit(RuleError):
	template = "The condition on “{fact}” needs a unit: days, weeks, months or years."


class NoExchangeRate(RuleError):
	template = (
		"There is no exchange rate from {from_currency} to {to_currency}. Add a Currency Exchange record."
	)


class FactNotSetBased(RuleError):
	template = (
		"The fact “{fact}” belongs to one document and cannot select customers. Use a fact of the customer."
	)


class CircularRules(RuleError):
	template = (
		"These tag groups depend on each other in a circle: {groups}. Remove the tag fact from one of them."
	)


class IllegalTransition(CrmExtError):
	template = "A rule cannot go from {old} to {new}. Allowed: {allowed}."


class ErpnextMissing(CrmExtError):
	template = "crm_ext needs ERPNext: install it on this site first."


class UnsupportedVersion(CrmExtError):
	template = "crm_ext runs on version {supported} of Frappe and ERPNext, and this is {app} {version}."


class ReasonMissing(CrmExtError):
	template = "Give a reason."


class PastDate(CrmExtError):
	template = "Valid Until ({date}) lies in the past. Choose today or a later day."


class NotInForce(CrmExtError):
	template = "The tag {tag} is not in force. Activate it first."


class AlreadyTagged(CrmExtError):
	template = "The customer has the tag {tag} already, given by hand. Remove it first."


class NotTagged(CrmExtError):
	template = "The customer does not have the tag {tag}."


class UnreadableEvidence(CrmExtError):
	template = "This evidence is in a form ({schema}) that this version of CRM Ext cannot read."


class UnknownGroup(CrmExtError):
	template = "There is no enabled tag group {group}. Choose another, or enable it."


class InvalidCase(RuleError):
	template = "The facts of a test case are a JSON object: names of facts, each with a value."


class CircularTransitions(CrmExtError):
	template = (
		"These class transitions would move a customer in a circle: {transitions}. Stop one of them first."
	)


class UnknownAction(RuleError):
	template = (
		"The action “{action}” is not available here. Choose one from the list, or switch its capability on."
	)


class UnknownTrigger(RuleError):
	template = (
		"The event “{trigger}” is not available here. Choose one from the list, or switch its capability on."
	)


class ParameterMissing(RuleError):
	template = "The action “{action}” needs “{parameter}”. Fill it in."


class NoSuchRecord(RuleError):
	template = "“{value}” is no {doctype}. Choose an existing one for “{parameter}”."


class WrongChoice(RuleError):
	template = "“{value}” is not a choice of “{parameter}”. Choose one of: {allowed}."


class ForeignEventFact(RuleError):
	template = "The fact “{fact}” does not belong to the event “{trigger}”. Remove the condition, or choose another event."


class NotAwaitable(CrmExtError):
	template = "What would have happened cannot be found for the event “{trigger}”. Use the What If of the linkage map."


class UnknownPlaceholder(RuleError):
	template = "“{placeholder}” is not known here. Use these: {allowed}."


class UserDisabled(CrmExtError):
	template = "The user {user} is disabled. Choose another one."


class NoAccountManager(CrmExtError):
	template = (
		"No account manager covers {customer} (territory: {territory}, industry: {industry}). "
		"Add an Account Manager, or widen the coverage of one."
	)


class AccountManagersFull(CrmExtError):
	template = (
		"All account managers who cover {customer} (territory: {territory}, industry: {industry}) are full. "
		"Raise the capacity of one, or add another."
	)


class NobodyForTask(CrmExtError):
	template = (
		"There is nobody for the task: neither “{assignee}” nor the owner of the rule is an enabled user."
	)


class PriceListUnusable(CrmExtError):
	template = "The price list {price_list} is disabled or not for selling. Choose another one."


class NotForDesk(RuleError):
	template = "Customers do not use the Desk. Choose the channel E-mail for them."


class OutOfRange(RuleError):
	template = "“{parameter}” must lie between 0 and {most}."


class WebhookUnusable(CrmExtError):
	template = "The webhook {webhook} must be enabled, for Customer, and for the event {event}."


class WebhookFailed(CrmExtError):
	template = "The webhook {webhook} answered with status {status}: {answer}"


class WebhookUnreachable(CrmExtError):
	template = "The webhook {webhook} could not be reached: {reason}"


class NotFromOutside(RuleError):
	template = "The event “{trigger}” is found by CRM Ext itself and cannot be told from outside."


class NotYetRefreshed(CrmExtError):
	template = "The figures of this customer are not there yet. They are computed within five minutes; try again then."


class ParametersNotAnObject(RuleError):
	template = "The parameters of “{action}” are a JSON object: names of parameters, each with a value."


class PriceKindNotInForce(CrmExtError):
	template = "The price kind {price_kind} is not in force. Activate it first."


class CircularKinds(CrmExtError):
	template = "These price kinds are based on each other in a circle: {kinds}. Base one of them on a price list or on cost."


class UnknownItem(CrmExtError):
	template = "Line {line}: there is no item “{item}”. Give the code of an existing item."


class UnknownUnit(CrmExtError):
	template = "Line {line}: the item {item} is not sold by “{uom}”. Add a conversion factor to the item, or choose another unit."


class NotANumber(CrmExtError):
	template = "“{value}” under “{column}” is no number. Write it like {example}."


class NotADate(CrmExtError):
	template = "“{value}” under “{column}” is no date. Write it like {example}."


class NumberTooSmall(CrmExtError):
	template = "“{column}” must not be less than {least}."


class ValueMissing(CrmExtError):
	template = "“{column}” is missing. Fill it in."


class OneOfThese(CrmExtError):
	template = (
		"Fill in only one of these: {columns}. A rate is for one of them; it takes another line for another."
	)


class ValidityReversed(CrmExtError):
	template = "“{later}” must not be before “{earlier}”."


class NotTogether(CrmExtError):
	template = "“{column}” does not go with “{choice}”. Leave it empty, or choose another under “{other}”."


class SameLine(CrmExtError):
	template = (
		"This is the same rate as in line {line}: for the same item, customer, place, quantity, unit, currency and "
		"start. Remove one of them."
	)


class SameRate(CrmExtError):
	template = (
		"The matrix has a rate for the same item, customer, place, quantity, unit, currency and start already. "
		"Change that one."
	)


class RateGone(CrmExtError):
	template = "This rate has been removed meanwhile. Load the rates again."


class RatesChanged(CrmExtError):
	template = "Somebody else changed rates of {matrix} at the same time. Nothing was saved; try again."


class UnknownHeading(CrmExtError):
	template = "There is no column “{heading}” of rates. Remove it, or use one of these: {allowed}."


class HeadingTwice(CrmExtError):
	template = "There are two columns “{heading}”. Remove one of them."


class NoRates(CrmExtError):
	template = "There are no rates in the file: a line of headings, and one line for each rate, are expected."


class UnreadableFile(CrmExtError):
	template = "The file {file} cannot be read. Save it as CSV in UTF-8, or as XLSX."


class NoSuchFile(CrmExtError):
	template = "There is no file {file}, or you may not read it. Attach it again."


class ImportUnderWay(CrmExtError):
	template = "This file is being worked on. Wait until that is done."


class NotPermittedFor(CrmExtError):
	template = "You are not permitted to set rates for “{value}” under “{column}”."


class NotBelowFloor(CrmExtError):
	template = "No line is below the lowest price that you may give. It needs no approval."


class NoDraft(CrmExtError):
	template = "{document} is no draft any more. A price can be approved only before it is submitted."


class OwnRequest(CrmExtError):
	template = "This is your own request. Somebody else with the role {role} must decide."


class RequestDecided(CrmExtError):
	template = "This request is {status} already."


class NoDecision(CrmExtError):
	template = "“{decision}” is no decision. Choose one of: {allowed}."


class WrongShape(CrmExtError):
	template = "“{field}” cannot be read. Give {expected}."


class BasketNotAnObject(CrmExtError):
	template = "A basket is a JSON object with a company and a list of lines, 1,000 at most."


class BasketFieldMissing(CrmExtError):
	template = "The basket needs “{field}”. Fill it in."


class DuplicateKey(CrmExtError):
	template = "Two lines have the key “{key}”. Give each line a key of its own."


class NoSuchEntry(CrmExtError):
	template = "{field}: there is no “{value}”. Give the name of an existing one."


class WrongQuantity(CrmExtError):
	template = "Line {line}: “{value}” is no quantity. Give a number above 0."


class WrongDate(CrmExtError):
	template = "“{value}” is no date. Give one such as 2026-01-31."


class WrongTime(CrmExtError):
	template = "“{value}” is no time of day. Give one such as 17:30."


class CouponsNotAList(CrmExtError):
	template = "“coupons” is a list of codes, or a text with codes between commas. Give it like that."


class OtherPrice(CrmExtError):
	template = "{item}: prices are enforced here, and the automatic price is {price}. Enter that, or ask somebody with the role Price Override."


class FieldNeeded(CrmExtError):
	template = "“{field}” is missing, and {kind} needs it. Fill it in."


class NotAbove(CrmExtError):
	template = "“{field}” must not be more than {most}."


class ChoiceNotForKind(CrmExtError):
	template = "“{choice}” under “{field}” does not go with {kind}. Choose one of: {allowed}."


class RowNeedsOne(CrmExtError):
	template = "“{table}”, row {row}: fill in exactly one of these: {columns}."


class RowIncomplete(CrmExtError):
	template = "“{table}”, row {row}: “{field}” is missing. Give a value above 0."


class RowTooHigh(CrmExtError):
	template = "“{table}”, row {row}: “{field}” must not be more than {most}."


class RowChoiceNotForKind(CrmExtError):
	template = (
		"“{table}”, row {row}: “{choice}” under “{field}” does not go with {kind}. Choose one of: {allowed}."
	)


class SameRow(CrmExtError):
	template = "“{table}”: row {row} says the same as row {other}. Change or remove one of them."


class TakenOutAgain(CrmExtError):
	template = "“Products”: row {row} leaves out just what row {other} is for. Remove one of them."


class NoTiers(CrmExtError):
	template = "{kind} needs at least one tier. Add a row under “Tiers”."


class FewComponents(CrmExtError):
	template = (
		"A bundle needs at least two components. Add the other product under “Products”, with another number "
		"under “Component” and a quantity."
	)


class OtherQuantity(CrmExtError):
	template = (
		"“Products”: rows {row} and {other} are alternatives of one component, with different quantities. Give both the "
		"same quantity, or another number under “Component”."
	)


class ProductsNeeded(CrmExtError):
	template = "“Products” must say what {kind} is for. Add a row with the part “{part}”."


class ReducedNeeded(CrmExtError):
	template = "An add-on needs what becomes cheaper: add a product with the part “Get”, or choose a “Gift”."


class GiftUnusable(CrmExtError):
	template = "{item} cannot be given away: it is disabled, a template, or not for sale. Choose another item as “Gift”."


class AllWouldBeReduced(CrmExtError):
	template = (
		"“Get” must be less than “Buy”: of so many units together, only the cheapest ones are reduced. "
		"Lower “Get”, or choose the kind Mix and Match."
	)


class NotCompound(CrmExtError):
	template = (
		"{kind} needs several units together, so it cannot come on top of others. Choose another “Combination” "
		"than Compound."
	)


class AccountOfAnotherCompany(CrmExtError):
	template = (
		"The account {account} belongs to {company}. Choose this company, or another “Shipping Account”."
	)


class AccountUnusable(CrmExtError):
	template = "The account {account} is disabled or a group. Choose another “Shipping Account”."


class GoalWithoutBeginning(CrmExtError):
	template = (
		"The goal counts since the promotion is valid. Fill in “Valid From”, or choose a calendar period."
	)


class FirstOrderWithGoal(CrmExtError):
	template = (
		"Who orders for the first time has not bought anything before. Untick “First Order Only”, or take "
		"“Has Bought For” out."
	)


class SameHours(CrmExtError):
	template = "“From Time” and “To Time” are the same. Leave both empty for the whole day."


class NotApproved(CrmExtError):
	template = (
		"Version {version} is not approved. Somebody with the role {role}, other than its owner, must approve it "
		"first; pause the promotion meanwhile if it is active."
	)


class ApprovalOfOwn(CrmExtError):
	template = (
		"You own this promotion, or changed it last. Somebody else with the role {role} must approve it."
	)


class ChangedMeanwhile(CrmExtError):
	template = "{document} was changed meanwhile. Load it again."


class NoCode(CrmExtError):
	template = "“{code}” is no code. Use {least} to {most} letters from A to Z, digits and hyphens, beginning with a letter or digit."


class CodeTaken(CrmExtError):
	template = "The code {code} is there already, in the batch {batch}. Choose another one."


class CodesUsed(CrmExtError):
	template = "Codes of this batch have been used for {promotion}. Make another batch for another promotion."


class WrongCount(CrmExtError):
	template = "Codes are made {most} at a time at most. Give a number from 1 to that."


class NoUniqueCodes(CrmExtError):
	template = "This batch has one public code. Make another batch for unique codes."


class CodeUsed(CrmExtError):
	template = "{code} has been used and is kept with its documents. Disable it instead."


class CodesBeingMade(CrmExtError):
	template = "The codes of this batch are being made. Wait until that is done."


class RanOut(CrmExtError):
	template = (
		"{promotions} Submit again to sell at the prices without it, or save the draft to see them first."
	)
