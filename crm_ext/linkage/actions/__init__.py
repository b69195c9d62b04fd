# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The actions that need no other capability. Those of a capability stand with it."""

from crm_ext.linkage.actions import account_manager, customer_field, notify, task, webhook
from crm_ext.rules.actions import Action


def actions() -> list[Action]:
	"""Registered through the hook `crm_ext_linkage_actions`."""
	return [
		account_manager.action(),
		task.action(),
		notify.action(),
		*customer_field.actions(),
		webhook.action(),
	]
