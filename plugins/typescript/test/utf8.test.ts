import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "../src/utf8";

test("text and bytes are those of the platform", () => {
  for (const text of ["", "a", "ünïcödé", "中文", "😀👩‍👧", "\u0000\u007f\u0080\u07ff\u0800\uffff"]) {
    assert.deepEqual(encode(text), new TextEncoder().encode(text));
    assert.equal(decode(encode(text)), text);
  }
  assert.deepEqual(encode("\ud800"), new TextEncoder().encode("\ud800"));
});

test("what is not UTF-8 is no text", () => {
  for (const bytes of [[0x80], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff]]) {
    assert.equal(decode(Uint8Array.from(bytes)), undefined, String(bytes));
  }
});
