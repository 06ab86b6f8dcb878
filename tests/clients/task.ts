// Runs a task through a client whose types are generated from the description of the API.

import process from "node:process";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const { TASKER_URL: baseUrl = "", TASKER_TOKEN: token = "" } = process.env;
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

const submitted = await client.POST("/v1/tasks", {
  body: { namespace: "shop", template: "charge", input: { amount: 3 } },
});
if (!submitted.data || !("task" in submitted.data)) {
  throw new Error(submitted.error?.detail);
}
const { id } = submitted.data.task;
let task;
do {
  const shown = await client.GET("/v1/tasks/{id}", { params: { path: { id }, query: { wait_ms: 5000 } } });
  if (!shown.data) throw new Error(shown.error.detail);
  task = shown.data;
} while (!task.finished_at);

const unknown = await client.GET("/v1/tasks/{id}", {
  params: { path: { id: "00000000-0000-7000-8000-000000000000" } },
});
console.log(JSON.stringify({ state: task.state, result: task.result, refused: unknown.error?.code }));
