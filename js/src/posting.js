// What is told to the server by HTTP and not by the page's socket.

/** Sends JSON to an address of this page's; "" when it was taken, else why not. */
export async function post(url, body) {
  try {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (answer.ok) return "";
    const said = await answer.json().catch(() => null);
    return said?.error?.message ?? `The server refused (${answer.status}).`;
  } catch {
    return "The server can't be reached.";
  }
}
