// GraphiQL, which asks the host as whoever is signed in. Subscriptions come as server-sent events.

const { React, ReactDOM, GraphiQL } = window;

async function ask(request) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(request),
  });
  return response.json();
}

// The answers of a stream, one after the other.
async function* follow(request) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(request),
  });
  if (!response.ok) {
    yield await response.json();
    return;
  }
  const text = response.body.pipeThrough(new TextDecoderStream());
  let unread = '';
  for await (const chunk of text) {
    unread += chunk;
    const messages = unread.split('\n\n');
    unread = messages.pop();
    for (const message of messages) {
      const data = message.split('\n').find((line) => line.startsWith('data: '));
      if (data) yield JSON.parse(data.slice('data: '.length));
    }
  }
}

function isSubscription(document, name) {
  const operations = document?.definitions.filter((it) => it.kind === 'OperationDefinition') ?? [];
  const chosen = operations.find((it) => !name || it.name?.value === name);
  return chosen?.operation === 'subscription';
}

const fetcher = (request, { documentAST }) =>
  isSubscription(documentAST, request.operationName) ? follow(request) : ask(request);

const defaultQuery = `# The tasks that came last, with their steps and attempts.
{
  tasks(first: 10) {
    nodes {
      id
      template
      state
      steps { nodes { name state attempts { nodes { outcome durationMs } } } }
    }
  }
}
`;

const root = ReactDOM.createRoot(document.getElementById('graphiql'));
root.render(React.createElement(GraphiQL, { fetcher, defaultQuery }));
