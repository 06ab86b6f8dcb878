/* JSON: read as a tree that knows its place, written from values that are made one by one. Nothing is freed: an instance
 * runs one attempt. */
#ifndef TASKER_JSON_H
#define TASKER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value of JSON; NULL where there is none. */
typedef struct tasker_value *tasker_json;

typedef enum {
  TASKER_NULL,
  TASKER_BOOLEAN,
  TASKER_NUMBER,
  TASKER_TEXT,
  TASKER_ARRAY,
  TASKER_OBJECT,
} tasker_type;

/* Reads JSON text. NULL where it is none; then `why` is what was wrong. */
tasker_json tasker_json_read(const char *text, size_t length, const char **why);

/* Writes a value as JSON text, which ends with a NUL. NULL where JSON cannot say it: a number that is not finite. */
const char *tasker_json_write(tasker_json value);

/* What a value is; NULL is TASKER_NULL. */
tasker_type tasker_json_type(tasker_json value);

/* The member of an object, NULL where there is none. */
tasker_json tasker_json_get(tasker_json object, const char *name);

/* How many items an array has, or members an object. */
size_t tasker_json_count(tasker_json value);

/* The item of an array, or the value of a member of an object, by its position. */
tasker_json tasker_json_at(tasker_json value, size_t position);

/* The name of a member of an object, by its position. */
const char *tasker_json_name_at(tasker_json object, size_t position);

/* Where a value was in the text that it was read from: `lines[1].count`, empty for the whole. */
const char *tasker_json_path(tasker_json value);

/* The value where it has that type; a fallback where it has not. */
const char *tasker_json_as_text(tasker_json value, const char *fallback);
double tasker_json_as_number(tasker_json value, double fallback);
bool tasker_json_as_boolean(tasker_json value, bool fallback);
/* An integer of 64 bits; false where it is none. */
bool tasker_json_as_integer(tasker_json value, int64_t *integer);

/* Values to be written. Texts are copied, and end with a NUL. */
tasker_json tasker_json_null(void);
tasker_json tasker_json_boolean(bool value);
tasker_json tasker_json_integer(int64_t value);
tasker_json tasker_json_number(double value);
tasker_json tasker_json_text(const char *text);
tasker_json tasker_json_array(void);
tasker_json tasker_json_object(void);

/* Adds to an array or object, and returns it. A NULL is written as null. */
tasker_json tasker_json_push(tasker_json array, tasker_json item);
tasker_json tasker_json_put(tasker_json object, const char *name, tasker_json value);

/* Text as printf makes it. */
const char *tasker_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory that lasts as long as the attempt. */
void *tasker_allocate(size_t bytes);

#endif
