# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Call Webhook: one request per try, to a server of our own."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import frappe

from crm_ext.exceptions import WebhookFailed, WebhookUnreachable, WebhookUnusable
from crm_ext.linkage import registry
from crm_ext.tests import builders
from crm_ext.tests.linkage.at_work import run, work

CALL, HOOK = "Call Webhook", "Tell the warehouse"


class Server:
	"""Keeps what it is sent: (method, path, headers, body). `status` and `answer` are what it says."""

	def __init__(self):
		self.got: list[tuple[str, str, dict, str]] = []
		self.status, self.answer = 200, "thank you"
		self.patience = threading.Event()
		server = self

		class Handler(BaseHTTPRequestHandler):
			def do_POST(self):
				body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
				server.got.append((self.command, self.path, dict(self.headers), body))
				if server.status is None:
					server.patience.wait(20)
					return
				self.send_response(server.status)
				self.end_headers()
				self.wfile.write(server.answer.encode())

			do_PUT = do_DELETE = do_POST

			def log_message(self, *args):
				pass

		self.http = HTTPServer(("127.0.0.1", 0), Handler)
		self.url = f"http://127.0.0.1:{self.http.server_port}"
		self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
		self.thread.start()

	def close(self):
		self.patience.set()
		self.http.shutdown()
		self.http.server_close()
		self.thread.join(10)


@pytest.fixture
def server():
	server = Server()
	yield server
	server.close()


@pytest.fixture
def hook(company, server):
	"""`hook(condition="…")` makes a webhook to the server."""

	def make(**values) -> str:
		doc = frappe.get_doc(
			{
				"doctype": "Webhook",
				"name": HOOK,
				"webhook_doctype": "Customer",
				"webhook_docevent": "crm_ext_linkage",
				"request_url": f"{server.url}/tags",
				"request_method": "POST",
				"request_structure": "JSON",
				"webhook_json": """{"who": "{{ doc.name }}", "tag": "{{ doc.crm_ext_linkage.tag }}",
					"event": "{{ doc.crm_ext_linkage.event }}", "rule": "{{ doc.crm_ext_linkage.rule }}",
					"run": "{{ doc.crm_ext_linkage.run }}", "volume": {{ doc.crm_ext_linkage.facts.volume }} }""",
				"webhook_headers": [{"key": "Content-Type", "value": "application/json"}],
				"enabled": 1,
				**values,
			}
		)
		return doc.insert().name

	return make


def call(customer: str, run: str = "RUN-7"):
	given = work(customer, CALL, webhook=HOOK, run=run, event={"facts": {"volume": 3}})
	return registry.action(CALL).run(given)


def test_the_other_side_is_told_of_the_customer_and_of_what_happened(hook, server):
	hook()
	customer = builders.customer("Web Works")
	outcome = call(customer)
	((method, path, headers, body),) = server.got
	assert (method, path, headers["Content-Type"]) == ("POST", "/tags", "application/json")
	assert json.loads(body) == {
		"who": customer,
		"tag": "High Value",
		"event": "Tag Gained",
		"rule": "Care for VIPs",
		"run": "RUN-7",
		"volume": 3,
	}
	assert (outcome.text, outcome.changed) == (f"Webhook {HOOK}: status 200", True)
	assert frappe.db.exists("Webhook Request Log", {"webhook": HOOK, "reference_document": customer})


def test_every_try_of_a_run_carries_the_same_key(hook, server):
	hook()
	customer = builders.customer()
	for _ in range(2):
		call(customer)
	assert [headers["X-CRM-Ext-Run"] for _method, _path, headers, _body in server.got] == ["RUN-7"] * 2


def test_the_request_is_signed_as_frappe_signs_it(hook, server):
	hook(enable_security=1, webhook_secret="willow")
	call(builders.customer())
	((_method, _path, headers, body),) = server.got
	signed = hmac.new(b"willow", body.encode(), hashlib.sha256).digest()
	assert headers["X-Frappe-Webhook-Signature"] == base64.b64encode(signed).decode()


def test_fields_method_and_address_are_those_of_the_record(hook, server):
	hook(
		request_method="PUT",
		request_structure="Form URL-Encoded",
		is_dynamic_url=1,
		request_url=f"{server.url}/customers/{{{{ doc.crm_ext_linkage.tag | replace(' ', '-') }}}}",
		webhook_json=None,
		webhook_data=[{"fieldname": "customer_name", "key": "title"}],
	)
	call(builders.customer("Field Works"))
	((method, path, _headers, body),) = server.got
	assert (method, path, json.loads(body)) == ("PUT", "/customers/High-Value", {"title": "Field Works"})


def test_a_condition_that_does_not_hold_keeps_it_from_being_sent(hook, server):
	hook(condition="doc.customer_type == 'Individual' and doc.territory")
	customer = builders.customer(customer_type="Company")
	outcome = run(customer, CALL, webhook=HOOK)
	assert (outcome.changed, server.got) == (False, [])
	frappe.db.set_value("Customer", customer, "customer_type", "Individual")
	call(customer)
	assert len(server.got) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_a_refusal_is_a_fault_with_its_status_and_is_not_tried_again_at_once(hook, server, status):
	hook()
	server.status, server.answer = status, "<p>no <b>room</b></p>"
	with pytest.raises(WebhookFailed, match=f"status {status}: no room"):
		call(builders.customer())
	assert len(server.got) == 1


def test_no_connection_is_a_fault(hook, server):
	hook()
	server.close()
	with pytest.raises(WebhookUnreachable, match="ConnectionError"):
		call(builders.customer())


def test_waiting_ends_with_the_timeout_of_the_record(hook, server):
	hook(timeout=1)
	server.status = None
	with pytest.raises(WebhookUnreachable, match="ReadTimeout"):
		call(builders.customer())


@pytest.mark.parametrize(
	"values",
	[{"enabled": 0}, {"webhook_docevent": "on_update"}, {"webhook_doctype": "Lead"}],
	ids=["disabled", "another event", "another document"],
)
def test_a_webhook_that_is_not_meant_for_rules_is_refused_when_the_rule_is_saved_and_when_it_runs(
	hook, server, values
):
	hook()
	given = work(builders.customer(), CALL, webhook=HOOK, run="RUN-7")
	frappe.db.set_value("Webhook", HOOK, values)
	with pytest.raises(WebhookUnusable, match="crm_ext_linkage"):
		work("", CALL, webhook=HOOK)
	with pytest.raises(WebhookUnusable):
		registry.action(CALL).run(given)
	assert server.got == []


def test_looking_sends_nothing(hook, server):
	hook()
	outcome = registry.action(CALL).preview(work(builders.customer(), CALL, webhook=HOOK))
	assert (outcome.changed, outcome.text, server.got) == (True, f"Webhook {HOOK}", [])


def test_the_event_is_offered_in_the_form_of_a_webhook():
	options = frappe.get_meta("Webhook").get_field("webhook_docevent").options.split("\n")
	assert "crm_ext_linkage" in options


def test_it_leaves_the_site():
	assert registry.action(CALL).external
