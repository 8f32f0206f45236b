// What the page asks of its server.

import { start } from "./shape.js";

const home = `/mail/u/${start.number}/x`;

async function ask(method, path, body) {
  const answer = await fetch(`${home}${path}`, {
    method,
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const found = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(found.detail || found.error);
  return found;
}

export const list = (name) => ask("GET", `/list/${name}`);
export const thread = (id) => ask("GET", `/thread/${id}?layout=${start.layout}`);
export const quote = (id, kind) => ask("GET", `/quote/${id}?kind=${kind}&layout=${start.layout}`);
export const save = (mail) => ask("POST", "/drafts", mail);
export const send = (mail) => ask("POST", "/drafts/send", mail);
export const draft = (id) => ask("GET", `/drafts/${encodeURIComponent(id)}`);
export const undo = (id) => ask("POST", `/drafts/${encodeURIComponent(id)}/undo`);
export const discard = (id) => ask("DELETE", `/drafts/${encodeURIComponent(id)}`);
