/* JSON as it is read and written. */
#include "check.h"
#include "tasker_json.h"

static tasker_json read_text(const char *text) { return tasker_json_read(text, strlen(text), NULL); }

static void same(const char *text) { CHECK_TEXT(tasker_json_write(read_text(text)), text); }

static void is_wrong(const char *text, const char *expected) {
  const char *why = NULL;
  CHECK(tasker_json_read(text, strlen(text), &why) == NULL);
  CHECK_TEXT(why, expected);
}

int main(void) {
  same("{\"a\":[1,-2.50,1e300,18446744073709551615,true,false,null],\"ключ\":\"ü😀\\\\ \\\" /\"}");
  same("[[[[]]],{}]");
  CHECK_TEXT(tasker_json_write(read_text(" [ 1 , \"\\u00fc\\ud83d\\ude00\\n\" ] ")), "[1,\"ü😀\\u000a\"]");
  is_wrong("", "a value was expected at byte 0");
  is_wrong("{\"a\" 1}", "`:` was expected at byte 5");
  is_wrong("[1 2]", "`,` or `]` was expected at byte 3");
  is_wrong("1 2", "there is more after its end at byte 2");
  is_wrong("\"\\ud800\"", "a text has an unknown escape at byte 7");
  is_wrong("\"a", "a text has no end at byte 1");
  is_wrong("01", "there is more after its end at byte 1");

  tasker_json order = read_text("{\"lines\":[{\"count\":1},{\"count\":2}],\"a\":1,\"a\":2}");
  tasker_json count = tasker_json_get(tasker_json_at(tasker_json_get(order, "lines"), 1), "count");
  CHECK_TEXT(tasker_json_path(count), "lines[1].count");
  CHECK(tasker_json_as_number(tasker_json_get(order, "a"), 0) == 2);
  CHECK(tasker_json_get(order, "b") == NULL && tasker_json_type(NULL) == TASKER_NULL);

  int64_t integer = 0;
  CHECK(tasker_json_as_integer(read_text("-9223372036854775808"), &integer) && integer == INT64_MIN);
  CHECK(tasker_json_as_integer(read_text("2.0"), &integer) && integer == 2);
  CHECK(!tasker_json_as_integer(read_text("9223372036854775808"), &integer));
  CHECK(!tasker_json_as_integer(read_text("1.5"), &integer) && !tasker_json_as_integer(read_text("\"1\""), &integer));

  tasker_json made = tasker_json_put(tasker_json_object(), "x", tasker_json_number(0.1));
  tasker_json_put(made, "y", tasker_json_push(tasker_json_array(), NULL));
  CHECK_TEXT(tasker_json_write(made), "{\"x\":0.1,\"y\":[null]}");
  CHECK(tasker_json_write(tasker_json_number(1.0 / 0.0)) == NULL);

  char deep[4096];
  memset(deep, '[', sizeof deep);
  CHECK(tasker_json_read(deep, sizeof deep, NULL) == NULL);
  return 0;
}
