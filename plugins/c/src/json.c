#include "tasker_json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nested values beyond this are refused, so that no text overflows the stack. */
enum { MAX_DEPTH = 128 };

struct tasker_value {
  tasker_type type;
  /* Text and number: what it says, with its length. A number keeps its digits. */
  const char *text;
  size_t length;
  bool boolean;
  /* Array and object. */
  tasker_json *items;
  const char **names;
  size_t count;
  size_t room;
  /* Where it is. */
  tasker_json parent;
  const char *name;
  size_t position;
};

void *tasker_allocate(size_t bytes) {
  void *memory = calloc(1, bytes == 0 ? 1 : bytes);
  if (memory == NULL) abort();
  return memory;
}

const char *tasker_format(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *text = tasker_allocate((size_t)length + 1);
  va_start(arguments, format);
  vsnprintf(text, (size_t)length + 1, format, arguments);
  va_end(arguments);
  return text;
}

static const char *copied(const char *text, size_t length) {
  char *copy = tasker_allocate(length + 1);
  memcpy(copy, text, length);
  return copy;
}

static tasker_json made(tasker_type type) {
  tasker_json value = tasker_allocate(sizeof *value);
  value->type = type;
  return value;
}

/* Making */

tasker_json tasker_json_null(void) { return made(TASKER_NULL); }

tasker_json tasker_json_boolean(bool boolean) {
  tasker_json value = made(TASKER_BOOLEAN);
  value->boolean = boolean;
  return value;
}

tasker_json tasker_json_integer(int64_t integer) {
  tasker_json value = made(TASKER_NUMBER);
  value->text = tasker_format("%lld", (long long)integer);
  value->length = strlen(value->text);
  return value;
}

tasker_json tasker_json_number(double number) {
  tasker_json value = made(TASKER_NUMBER);
  if (!isfinite(number)) return value;
  /* The fewest digits that are read as the same number. */
  for (int digits = 15; digits <= 17; digits += 1) {
    value->text = tasker_format("%.*g", digits, number);
    if (strtod(value->text, NULL) == number) break;
  }
  value->length = strlen(value->text);
  return value;
}

static tasker_json text_of(const char *text, size_t length) {
  tasker_json value = made(TASKER_TEXT);
  value->text = text;
  value->length = length;
  return value;
}

tasker_json tasker_json_text(const char *text) {
  if (text == NULL) return tasker_json_null();
  size_t length = strlen(text);
  return text_of(copied(text, length), length);
}

tasker_json tasker_json_array(void) { return made(TASKER_ARRAY); }

tasker_json tasker_json_object(void) { return made(TASKER_OBJECT); }

static void add(tasker_json to, const char *name, tasker_json item) {
  if (to->count == to->room) {
    to->room = to->room == 0 ? 4 : to->room * 2;
    tasker_json *items = realloc(to->items, to->room * sizeof *items);
    const char **names = realloc(to->names, to->room * sizeof *names);
    if (items == NULL || names == NULL) abort();
    to->items = items;
    to->names = names;
  }
  to->items[to->count] = item;
  to->names[to->count] = name;
  to->count += 1;
}

tasker_json tasker_json_push(tasker_json array, tasker_json item) {
  add(array, NULL, item == NULL ? tasker_json_null() : item);
  return array;
}

tasker_json tasker_json_put(tasker_json object, const char *name, tasker_json value) {
  add(object, copied(name, strlen(name)), value == NULL ? tasker_json_null() : value);
  return object;
}

/* Asking */

tasker_type tasker_json_type(tasker_json value) { return value == NULL ? TASKER_NULL : value->type; }

tasker_json tasker_json_get(tasker_json object, const char *name) {
  if (tasker_json_type(object) != TASKER_OBJECT) return NULL;
  /* Of members of one name, the last counts. */
  for (size_t at = object->count; at > 0; at -= 1) {
    if (strcmp(object->names[at - 1], name) == 0) return object->items[at - 1];
  }
  return NULL;
}

size_t tasker_json_count(tasker_json value) { return value == NULL ? 0 : value->count; }

tasker_json tasker_json_at(tasker_json value, size_t position) {
  return position < tasker_json_count(value) ? value->items[position] : NULL;
}

const char *tasker_json_name_at(tasker_json object, size_t position) {
  return position < tasker_json_count(object) ? object->names[position] : NULL;
}

const char *tasker_json_path(tasker_json value) {
  if (value == NULL || value->parent == NULL) return "";
  const char *before = tasker_json_path(value->parent);
  if (value->name == NULL) return tasker_format("%s[%zu]", before, value->position);
  return tasker_format("%s%s%s", before, *before == 0 ? "" : ".", value->name);
}

const char *tasker_json_as_text(tasker_json value, const char *fallback) {
  return tasker_json_type(value) == TASKER_TEXT ? value->text : fallback;
}

double tasker_json_as_number(tasker_json value, double fallback) {
  return tasker_json_type(value) == TASKER_NUMBER && value->text != NULL ? strtod(value->text, NULL) : fallback;
}

bool tasker_json_as_boolean(tasker_json value, bool fallback) {
  return tasker_json_type(value) == TASKER_BOOLEAN ? value->boolean : fallback;
}

bool tasker_json_as_integer(tasker_json value, int64_t *integer) {
  if (tasker_json_type(value) != TASKER_NUMBER || value->text == NULL) return false;
  bool is_plain = strpbrk(value->text, ".eE") == NULL;
  if (is_plain) {
    /* More digits than a signed integer of 64 bits has are too many. */
    size_t digits = value->length - (*value->text == '-');
    long long read = strtoll(value->text, NULL, 10);
    const char *again = tasker_format("%lld", read);
    *integer = read;
    return digits <= 19 && (strcmp(again, value->text) == 0 || strcmp(value->text, "-0") == 0);
  }
  double number = strtod(value->text, NULL);
  if (number != floor(number) || fabs(number) > 9007199254740992.0) return false;
  *integer = (int64_t)number;
  return true;
}

/* Reading */

typedef struct {
  const char *at;
  const char *end;
  const char *start;
  const char *why;
} reader;

static tasker_json value_of(reader *in, size_t depth);

static tasker_json wrong(reader *in, const char *why) {
  if (in->why == NULL) in->why = tasker_format("%s at byte %zu", why, (size_t)(in->at - in->start));
  return NULL;
}

static void skip_blanks(reader *in) {
  while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r')) in->at += 1;
}

static bool takes(reader *in, const char *word) {
  size_t length = strlen(word);
  if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0) return false;
  in->at += length;
  return true;
}

static bool is_digit(const reader *in) { return in->at < in->end && *in->at >= '0' && *in->at <= '9'; }

static bool digits(reader *in) {
  bool any = is_digit(in);
  while (is_digit(in)) in->at += 1;
  return any;
}

static tasker_json number_of(reader *in) {
  const char *start = in->at;
  takes(in, "-");
  if (!takes(in, "0") && !digits(in)) return wrong(in, "a value was expected");
  if (takes(in, ".") && !digits(in)) return wrong(in, "a digit was expected");
  if (takes(in, "e") || takes(in, "E")) {
    if (!takes(in, "+")) takes(in, "-");
    if (!digits(in)) return wrong(in, "a digit was expected");
  }
  tasker_json value = made(TASKER_NUMBER);
  value->length = (size_t)(in->at - start);
  value->text = copied(start, value->length);
  return value;
}

static bool hexadecimal(reader *in, uint32_t *code) {
  *code = 0;
  for (int digit = 0; digit < 4; digit += 1) {
    if (in->at >= in->end) return false;
    char c = *in->at;
    uint32_t value = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : (c | 32) >= 'a' && (c | 32) <= 'f' ? (uint32_t)((c | 32) - 'a' + 10) : 16;
    if (value == 16) return false;
    *code = *code << 4 | value;
    in->at += 1;
  }
  return true;
}

static char *utf8(char *to, uint32_t code) {
  if (code < 0x80) {
    *to++ = (char)code;
  } else if (code < 0x800) {
    *to++ = (char)(0xc0 | code >> 6);
    *to++ = (char)(0x80 | (code & 63));
  } else if (code < 0x10000) {
    *to++ = (char)(0xe0 | code >> 12);
    *to++ = (char)(0x80 | (code >> 6 & 63));
    *to++ = (char)(0x80 | (code & 63));
  } else {
    *to++ = (char)(0xf0 | code >> 18);
    *to++ = (char)(0x80 | (code >> 12 & 63));
    *to++ = (char)(0x80 | (code >> 6 & 63));
    *to++ = (char)(0x80 | (code & 63));
  }
  return to;
}

/* What follows a backslash; NULL where that is nothing of JSON. */
static char *escaped(reader *in, char *to) {
  static const char *const FROM = "\"\\/bfnrt", *const TO = "\"\\/\b\f\n\r\t";
  if (in->at >= in->end) return NULL;
  char c = *in->at++;
  const char *found = c == 0 ? NULL : strchr(FROM, c);
  if (found != NULL) {
    *to = TO[found - FROM];
    return to + 1;
  }
  uint32_t code, low;
  if (c != 'u' || !hexadecimal(in, &code)) return NULL;
  if (code >= 0xd800 && code < 0xdc00) {
    if (!takes(in, "\\u") || !hexadecimal(in, &low) || low < 0xdc00 || low > 0xdfff) return NULL;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  } else if (code >= 0xdc00 && code <= 0xdfff) {
    return NULL;
  }
  return utf8(to, code);
}

static tasker_json string_of(reader *in) {
  in->at += 1;
  const char *end = in->at;
  while (end < in->end && *end != '"') end += *end == '\\' ? 2 : 1;
  if (end >= in->end) return wrong(in, "a text has no end");
  char *text = tasker_allocate((size_t)(end - in->at) + 1), *to = text;
  while (*in->at != '"') {
    if ((unsigned char)*in->at < 0x20) return wrong(in, "a text has a control character");
    if (*in->at != '\\') {
      *to++ = *in->at++;
      continue;
    }
    in->at += 1;
    to = escaped(in, to);
    if (to == NULL) return wrong(in, "a text has an unknown escape");
  }
  in->at += 1;
  return text_of(text, (size_t)(to - text));
}

static tasker_json list_of(reader *in, size_t depth, bool is_object) {
  tasker_json list = made(is_object ? TASKER_OBJECT : TASKER_ARRAY);
  const char *end = is_object ? "}" : "]";
  in->at += 1;
  skip_blanks(in);
  if (takes(in, end)) return list;
  do {
    const char *name = NULL;
    skip_blanks(in);
    if (is_object) {
      if (in->at >= in->end || *in->at != '"') return wrong(in, "the name of a member was expected");
      tasker_json text = string_of(in);
      if (text == NULL) return NULL;
      name = text->text;
      skip_blanks(in);
      if (!takes(in, ":")) return wrong(in, "`:` was expected");
    }
    tasker_json item = value_of(in, depth + 1);
    if (item == NULL) return NULL;
    item->parent = list;
    item->name = name;
    item->position = list->count;
    add(list, name, item);
    skip_blanks(in);
  } while (takes(in, ","));
  return takes(in, end) ? list : wrong(in, is_object ? "`,` or `}` was expected" : "`,` or `]` was expected");
}

static tasker_json value_of(reader *in, size_t depth) {
  skip_blanks(in);
  if (depth > MAX_DEPTH) return wrong(in, "it is nested too deeply");
  if (in->at >= in->end) return wrong(in, "a value was expected");
  if (*in->at == '"') return string_of(in);
  if (*in->at == '{' || *in->at == '[') return list_of(in, depth, *in->at == '{');
  if (takes(in, "null")) return tasker_json_null();
  if (takes(in, "true")) return tasker_json_boolean(true);
  if (takes(in, "false")) return tasker_json_boolean(false);
  return number_of(in);
}

tasker_json tasker_json_read(const char *text, size_t length, const char **why) {
  reader in = {.at = text, .end = text + length, .start = text};
  tasker_json value = value_of(&in, 0);
  skip_blanks(&in);
  if (value != NULL && in.at < in.end) value = wrong(&in, "there is more after its end");
  if (why != NULL) *why = in.why;
  return value;
}

/* Writing */

typedef struct {
  char *text;
  size_t length;
  size_t room;
} writer;

static void put(writer *out, const char *text, size_t length) {
  if (out->length + length + 1 > out->room) {
    out->room = (out->length + length + 1) * 2;
    out->text = realloc(out->text, out->room);
    if (out->text == NULL) abort();
  }
  memcpy(out->text + out->length, text, length);
  out->length += length;
  out->text[out->length] = 0;
}

static void put_word(writer *out, const char *word) { put(out, word, strlen(word)); }

static void put_text(writer *out, const char *text, size_t length) {
  put_word(out, "\"");
  size_t from = 0;
  for (size_t at = 0; at < length; at += 1) {
    unsigned char c = (unsigned char)text[at];
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    put(out, text + from, at - from);
    char escape[8];
    snprintf(escape, sizeof escape, c < 0x20 ? "\\u%04x" : "\\%c", c);
    put_word(out, escape);
    from = at + 1;
  }
  put(out, text + from, length - from);
  put_word(out, "\"");
}

static bool put_value(writer *out, tasker_json value) {
  switch (tasker_json_type(value)) {
    case TASKER_NULL:
      put_word(out, "null");
      return true;
    case TASKER_BOOLEAN:
      put_word(out, value->boolean ? "true" : "false");
      return true;
    case TASKER_NUMBER:
      if (value->text == NULL) return false;
      put(out, value->text, value->length);
      return true;
    case TASKER_TEXT:
      put_text(out, value->text, value->length);
      return true;
    default:
      break;
  }
  bool is_object = value->type == TASKER_OBJECT;
  put_word(out, is_object ? "{" : "[");
  for (size_t at = 0; at < value->count; at += 1) {
    if (at > 0) put_word(out, ",");
    if (is_object) {
      put_text(out, value->names[at], strlen(value->names[at]));
      put_word(out, ":");
    }
    if (!put_value(out, value->items[at])) return false;
  }
  put_word(out, is_object ? "}" : "]");
  return true;
}

const char *tasker_json_write(tasker_json value) {
  writer out = {0};
  return put_value(&out, value) ? out.text : NULL;
}
