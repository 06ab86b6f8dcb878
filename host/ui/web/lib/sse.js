// Server-sent events as a stream of messages. EventSource hears only names that are known before, and handlers
// name their own events.

/**
 * @typedef {object} Message
 * @property {string | null} id
 * @property {string} event
 * @property {string} data empty for a heartbeat
 */

/** Splits text that comes in pieces into messages. */
class MessageParser {
  #rest = '';

  /** @param {string} text @returns {Message[]} those that are complete with it */
  push(text) {
    const blocks = (this.#rest + text.replaceAll('\r\n', '\n')).split('\n\n');
    this.#rest = blocks.pop();
    return blocks.map(parse);
  }
}

/** @param {string} block @returns {Message} */
function parse(block) {
  const message = { id: null, event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    const field = line.slice(0, colon);
    if (field === 'data') message.data += message.data ? `\n${value}` : value;
    else if (field === 'id') message.id = value;
    else if (field === 'event') message.event = value;
  }
  return message;
}

/** Reads messages of an answer until it ends. */
export async function* messages(response) {
  const parser = new MessageParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
