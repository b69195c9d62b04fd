# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Tags that came or went."""

from collections.abc import Sequence

from crm_ext.linkage import inbox, runner
from crm_ext.rules.actions import TAG_GAINED, TAG_LOST
from crm_ext.rules.changes import TagChange


def on_tag_changes(changes: Sequence[TagChange]) -> None:
	"""Hook `crm_ext_on_tag_changes`: tell of the changes for which a rule waits. One statement for all of them."""
	awaited = {event: inbox.awaited_tags(event) for event in (TAG_GAINED, TAG_LOST)}
	events = [change.as_event() for change in changes if change.tag in awaited[change.event]]
	if events:
		inbox.tell(events)
		runner.run_later()
