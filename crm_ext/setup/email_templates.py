# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The texts that the shipped linkage rules send. Created once, the user's own from then on."""

import frappe

EMAIL_TEMPLATES = (
	{
		"name": "Thank You for Your First Order",
		"subject": "Thank you for your first order",
		"response": (
			"<p>Dear {{ customer_name | e }},</p>"
			"<p>thank you for your first order with us. We are working on it.</p>"
			"<p>Next week we will call you to hear whether everything is as you wish. If you have a question before, "
			"simply answer this e-mail.</p>"
			"<p>Kind regards</p>"
		),
	},
	{
		"name": "News and Offers",
		"subject": "What is new for you",
		"response": (
			"<p>Dear {{ customer_name | e }},</p>"
			"<p>once a quarter we write to you about what is new with us, and what we offer at a special price.</p>"
			"<p>Simply answer this e-mail if you would like to know more. We will gladly make you an offer.</p>"
			"<p>Kind regards</p>"
		),
	},
	{
		"name": "We Have Missed You",
		"subject": "We have missed you",
		"response": (
			"<p>Dear {{ customer_name | e }},</p>"
			"<p>it has been some months since your last order. Is there anything that we could do better?</p>"
			"<p>Please answer this e-mail: we read every answer. And when you need something again, we will be glad "
			"to hear from you.</p>"
			"<p>Kind regards</p>"
		),
	},
	{
		"name": "High Value Customer Needs Help",
		"subject": "{{ customer_name | e }} needs help",
		"response": (
			"<p>{{ customer_name | e }} has opened {{ event.document | e }}.</p>"
			"<p>This is a customer of high value. Please see to it that the issue goes first.</p>"
		),
	},
	{
		"name": "Key Customer Lost",
		"subject": "We are losing {{ customer_name | e }}",
		"response": (
			"<p>{{ customer_name | e }} has bought nothing for six months.</p>"
			"<p>In its best year it was one of our largest customers. Its account manager has a task to ask why.</p>"
		),
	},
)


def withdraw() -> None:
	"""Delete those that nobody has changed. A text that somebody wrote is theirs and stays."""
	for template in EMAIL_TEMPLATES:
		if frappe.db.exists("Email Template", template):
			frappe.delete_doc("Email Template", template["name"], force=True, delete_permanently=True)
