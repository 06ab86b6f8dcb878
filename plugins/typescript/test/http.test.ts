import assert from "node:assert/strict";
import { test } from "node:test";
import { Response, answerWith, http } from "../src/http/native";

function response(status: number, headers: [string, string][] = []): Response {
  return new Response("http://shop.example.com/", status, headers, new TextEncoder().encode('{"n":1}'));
}

test("a test says what is answered, and sees what was asked", () => {
  answerWith((request) => {
    assert.deepEqual(request.headers, [["content-type", "application/json"], ["content-length", "7"]]);
    return response(200);
  });
  assert.deepEqual(http.post("http://shop.example.com/", { json: { n: 1 } }).success().json(), { n: 1 });
});

test("a busy server is asked again no sooner than it says", () => {
  assert.throws(() => response(503, [["Retry-After", "7"]]).success(), { code: "http_status", retry: { afterMs: 7000 }, details: { status: 503 } });
  assert.throws(() => response(500).success(), { retry: "policy" });
  assert.throws(() => response(404).success(), { retry: "never", message: "http://shop.example.com/ answered with status 404" });
});
