// What the page asks the server besides sending.

/** A refusal by the server: trying again changes nothing. */
export class Refusal extends Error {
  constructor(sentence, field = '') {
    super(sentence);
    this.field = field;
  }
}

/** Nobody is signed in any more. */
export class SignedOut extends Error {}

/** The server cannot be reached, or is in trouble. */
export class Unreachable extends Error {}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { cache: 'no-store', redirect: 'manual', ...options });
  } catch {
    throw new Unreachable();
  }
  // Who is not signed in is sent to another page.
  if (answer.status === 401 || answer.type === 'opaqueredirect') throw new SignedOut();
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const said = await answer.json().catch(() => ({}));
  if (answer.status >= 500 || answer.status === 429) throw new Unreachable(said.detail ?? '');
  throw new Refusal(said.detail ?? `서버가 받지 않았습니다(${answer.status}).`, said.field);
}

/**
 * Which of the files are one recording, and which are no footage.
 *
 * @param {import('./files.js').Chosen[]} files
 */
export function plan(files) {
  return ask('/upload/plan', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ files: files.map(({ file, path }) => ({ path, bytes: file.size })) }),
  });
}

/** Says once what is true of all files of a batch. */
export function noteBatch(id, { title, place, approval }) {
  return ask('/upload/batches', { method: 'POST', body: new URLSearchParams({ id, title, place, approval }) });
}

/** How far a file is on its way in. */
export function standing(address) {
  return ask(address, { headers: { Accept: 'application/json' } });
}

/** Whether somebody is signed in, without counting as use. */
export async function signedIn() {
  const session = await ask('/session', { headers: { Accept: 'application/json' } }).catch(() => null);
  return session ? { account: session.left > 0 ? session.account : '' } : null;
}

/** An id nobody else has. (crypto.randomUUID is for https alone.) */
export function newID() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((n) => n.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
