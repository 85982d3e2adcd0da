"use strict";

const NO_ANSWER = "The API does not answer. See that it runs and that you are connected, then try again.";
const TRY_OTHER_TOKEN =
  "The token in Headers was not accepted: it may be past its time. Reload the page or paste another one.";

/** Kept in memory only: queries and variables hold plates, headers hold tokens. */
function memoryOnly() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    clear: () => kept.clear(),
    get length() {
      return kept.size;
    },
  };
}

const failed = (message) => ({ errors: [{ message }] });

/** The HTTP status (0 when nobody answers) and a body in JSON, which says in words what is wrong. */
async function ask(request) {
  const response = await fetch(request).catch(() => undefined);
  if (response === undefined) return { status: 0, body: failed(NO_ANSWER) };
  const body = await response.json().catch(() => undefined);
  const { status } = response;
  return { status, body: body ?? failed(`The API answered with HTTP status ${status} and no JSON.`) };
}

/** Whatever comes of it is shown as the result. */
async function askGraphQL(operation, { headers } = {}) {
  let request;
  try {
    request = new Request("graphql", {
      method: "POST",
      credentials: "omit",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(operation),
    });
  } catch (error) {
    return failed(`These headers cannot be sent: ${error.message}`);
  }
  const { status, body } = await ask(request);
  return status === 401 ? { ...body, hint: TRY_OTHER_TOKEN } : body;
}

function show(tabs) {
  const logo = React.createElement(GraphiQL.Logo, null, "Clearway");
  const graphiql = React.createElement(
    GraphiQL,
    {
      fetcher: askGraphQL,
      defaultTabs: tabs,
      // GraphiQL takes only the query of the first tab from `defaultTabs`.
      variables: tabs[0].variables,
      defaultHeaders: tabs[0].headers,
      defaultEditorToolsVisibility: "variables",
      shouldPersistHeaders: false,
      storage: memoryOnly(),
    },
    logo,
  );
  ReactDOM.render(graphiql, document.getElementById("graphiql"));
}

async function start() {
  const { status, body } = await ask(new Request("graphiql/start.json", { credentials: "omit" }));
  if (status === 200) show(body.tabs);
  else document.querySelector("#graphiql .notice").textContent = body.errors[0].message;
}

start();
