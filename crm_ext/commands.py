# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Commands of bench: `bench --site SITE crm-ext-demo` and `bench --site SITE crm-ext-seed`."""

import click

from frappe.commands import get_site, pass_context


@click.command("crm-ext-demo")
@click.option(
	"--history/--no-history",
	default=True,
	help="Compute the past year too, and put linkage rules, prices and promotions into force.",
)
@pass_context
def demo(context, history: bool):
	"""Install the invented company of crm_ext, once, and print its users."""
	from crm_ext.demo import data, linkage, linkage_data, pricing, pricing_data, promotions, promotions_data
	from crm_ext.demo.install import install

	with _site(context):
		installed = install(history=history, progress=_show)
		if history:
			_show("Linkage rules", 0, 1)
			linkage.install(installed)
			_show("Prices", 0, 1)
			pricing.install(installed)
			_show("Promotions", 0, 1)
			promotions.install(installed)
		click.echo(
			f"\n{installed.company}, dates counted back from {installed.as_of}. Users (demo passwords!):"
		)
		managers = (manager.user for manager in linkage_data.ACCOUNT_MANAGERS)
		for user in (*data.USERS, *managers, pricing_data.DECIDER, promotions_data.APPROVER):
			click.echo(f"  {user.email:32} {data.PASSWORD}  {', '.join(user.roles)}")


@click.command("crm-ext-seed")
@click.option("--customers", default=100_000, show_default=True, type=click.IntRange(1, 9_999_999))
@click.option("--invoices", default=1_000_000, show_default=True, type=click.IntRange(1, 999_999_999))
@pass_context
def seed(context, customers: int, invoices: int):
	"""Fill an empty site with invented documents, for measuring."""
	from crm_ext.demo import volume

	with _site(context):
		try:
			volume.seed(volume.Volume(customers=customers, invoices=invoices), _show)
		except volume.AlreadySeeded as error:
			raise click.ClickException(str(error)) from None
		click.echo()


def _show(what: str, done: int, of: int):
	click.echo(f"\r{what}: {done:,} of {of:,}".ljust(72), nl=False)


class _site:
	"""The site of the command, as Administrator; committed at the end, rolled back on an error."""

	def __init__(self, context):
		self.site = get_site(context)

	def __enter__(self):
		import frappe

		frappe.init(self.site)
		frappe.connect()
		frappe.set_user("Administrator")

	def __exit__(self, error, *_):
		import frappe

		frappe.db.rollback() if error else frappe.db.commit()
		frappe.destroy()


commands = [demo, seed]
