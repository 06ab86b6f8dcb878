import unittest
from typing import Any

from tasker_sdk import Checkpoint, Context, Failure, FeedEvent, capabilities, event, handler, http, subscriber
from tasker_sdk.registry import describe
from tasker_sdk.testing import answer_with, attempt, execute


@handler(errors=["odd"])
def double(value: int) -> int:
    """Doubles the input."""
    if value % 2:
        raise Failure.permanent("odd", "it is odd", details=[value])
    return value * 2


@handler("portion")
def portion_of_work(ctx: Context) -> str | Checkpoint[int]:
    return "done" if ctx.checkpoint(int) else Checkpoint(1)


@handler()
async def later(ctx: Context, input: Any) -> int:
    return await one()


async def one() -> int:
    return 1


@handler()
def broken() -> None:
    raise KeyError("till") from ValueError("nobody filled it")


@subscriber()
def counts(event: FeedEvent, ctx: Context) -> None:
    """Counts."""


event("orders.charged", int, "An order was charged.")
capabilities("events orders")


class SdkTest(unittest.TestCase):
    def test_a_context_answers_as_the_test_says(self) -> None:
        ctx = attempt(attempt=2, config={"a": 1}, dependencies={"price": 100}, secrets={"key": "sk"})
        self.assertEqual((ctx.attempt, ctx.config(), ctx.dependency("price", int)), (2, {"a": 1}, 100))
        self.assertEqual(ctx.secret_in_clear("key"), "sk")
        self.assertTrue(ctx.secret("key").startswith("tasker-secret-"))
        for call, code in (
            (lambda: ctx.secret("other"), "secret_unknown"),
            (lambda: ctx.dependency("reserve"), "missing_dependency"),
            (lambda: ctx.dependency("price", str), "invalid_dependency"),
            (lambda: attempt(cancelled=True).heartbeat(), "cancelled"),
        ):
            with self.assertRaises(Failure) as raised:
                call()
            self.assertEqual(raised.exception.code, code)

    def test_an_attempt_sees_what_it_wrote_and_what_it_sent(self) -> None:
        ctx = attempt(kv={"counters": {"a": 1}})
        counters = ctx.kv("counters")
        found = counters.get("a", int)
        counters.replace("a", found, 2)
        with self.assertRaises(Failure) as raised:
            counters.replace("a", found, 3)
        self.assertEqual((raised.exception.code, raised.exception.retry), ("kv_conflict", "policy"))
        counters.set("b", "x")
        self.assertEqual(counters.keys(), ["a", "b"])
        counters.remove("a")
        self.assertIsNone(counters.get("a").value)
        ctx.send_event("orders.charged", {"amount": 3})
        self.assertEqual(ctx.sent_events, [("orders.charged", {"amount": 3})])

    def test_a_handler_is_run_by_its_name_as_the_host_does(self) -> None:
        self.assertEqual(execute("double", 4), 8)
        self.assertEqual(execute("portion", {}), 1)
        self.assertEqual(execute("portion", {}, attempt(checkpoint=1)), "done")
        self.assertEqual(execute("later", {}), 1)
        for name, code in (("double", "odd"), ("nosuch", "unknown_handler"), ("broken", "internal")):
            with self.assertRaises(Failure) as raised:
                execute(name, 3)
            self.assertEqual(raised.exception.code, code)
        self.assertRegex(raised.exception.message, r"^KeyError: 'till': ValueError: nobody filled it at .*test_sdk.py:\d+$")

    def test_a_component_describes_what_was_registered(self) -> None:
        told = describe()
        first = told["handlers"][0]
        self.assertEqual((first["name"], first["description"], first["error_codes"]), ("double", "Doubles the input.", ["odd"]))
        self.assertEqual((first["input_schema"], first["result_schema"]), ({"type": "integer"}, {"type": "integer"}))
        self.assertEqual(told["handlers"][1]["result_schema"], {"type": "string"})
        self.assertEqual(told["capabilities"], ["events orders"])
        self.assertEqual(told["subscribers"], [{"name": "counts", "description": "Counts."}])
        self.assertEqual(told["events"]["orders.charged"]["schema"], {"type": "integer"})

    def test_a_name_is_given_once(self) -> None:
        with self.assertRaisesRegex(ValueError, "there are two handlers `double`"):
            handler("double")(lambda: None)

    def test_a_test_says_what_is_answered(self) -> None:
        def answer(request: http.Request) -> http.Response:
            self.assertEqual(request.headers, [("content-type", "application/json"), ("content-length", "7")])
            return http.Response(request.url, 503, [("Retry-After", "7")], b'{"n":1}')

        answer_with(answer)
        response = http.post("http://shop.example.com/", json={"n": 1})
        answer_with(None)
        self.assertEqual(response.json(), {"n": 1})
        with self.assertRaises(Failure) as raised:
            response.success()
        self.assertEqual((raised.exception.retry, raised.exception.details), (7.0, {"status": 503}))
        with self.assertRaises(Failure):
            http.get("http://shop.example.com/")
