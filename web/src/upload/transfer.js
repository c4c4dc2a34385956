// One file on its way: sent in pieces that survive a cut line, then watched
// until the server has checked it in or refused it.

import { Upload } from 'tus-js-client';

const endpoint = '/api/v1/uploads';
// A multiple of 64 KiB, the server's sealing unit; small enough for proxies.
const pieceBytes = 32 * 1024 * 1024;
// After a cut line: at once, then ever slower, for about half an hour. Any
// progress starts the list anew.
const retryDelaysMs = [0, 1000, 2000, 5000, 10_000, ...Array(110).fill(15_000)];
const pollMs = [200, 400, 800, 1500, 3000];

/** A refusal by the server: trying again changes nothing. */
export class Refusal extends Error {}

/** Nobody is signed in any more. */
export class SignedOut extends Error {}

/**
 * Sends a file and gives how it ended: {state, clip, code, detail}.
 *
 * @param {File} file
 * @param {Record<string, string>} metadata
 * @param {{progress: (sent: number) => void, waiting: () => void, checking: () => void}} tell
 */
export async function send(file, metadata, tell) {
  const address = await transfer(file, metadata, tell);
  tell.checking();
  return await outcome(address);
}

function transfer(file, metadata, tell) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint,
      chunkSize: pieceBytes,
      retryDelays: retryDelaysMs,
      metadata,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ['jikim', metadata.path, file.size, file.lastModified].join('|'),
      onProgress: (sent) => tell.progress(sent),
      onShouldRetry: (error) => {
        const again = worthAnotherTry(error.originalResponse?.getStatus() ?? 0);
        if (again) tell.waiting();
        return again;
      },
      onError: (error) => reject(explain(error)),
      onSuccess: () => resolve(upload.url),
    });
    upload
      .findPreviousUploads()
      .then((previous) => {
        if (previous.length > 0) upload.resumeFromPreviousUpload(previous[0]);
        upload.start();
      })
      .catch(reject);
  });
}

// worthAnotherTry: no answer, a server in trouble, or one that still holds the
// broken connection's lock.
function worthAnotherTry(status) {
  return status === 0 || status >= 500 || status === 409 || status === 423 || status === 429;
}

function explain(error) {
  const response = error.originalResponse;
  const status = response?.getStatus() ?? 0;
  if (status === 401) return new SignedOut();
  if (status === 0 || worthAnotherTry(status)) return error;
  return new Refusal(detailOf(response.getBody()) || `서버가 받지 않았습니다(${status}).`);
}

function detailOf(body) {
  try {
    return JSON.parse(body).detail;
  } catch {
    return '';
  }
}

async function outcome(address) {
  for (let turn = 0; ; turn++) {
    const answer = await ask(address);
    if (answer?.state === 'checked-in' || answer?.state === 'refused') return answer;
    await new Promise((resolve) => setTimeout(resolve, pollMs[Math.min(turn, pollMs.length - 1)]));
  }
}

// ask gives null while the server cannot be reached: the bytes are there, the
// answer will come.
async function ask(address) {
  let response;
  try {
    response = await fetch(address, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  } catch {
    return null;
  }
  if (response.status === 401) throw new SignedOut();
  if (worthAnotherTry(response.status)) return null;
  const body = await response.text();
  if (!response.ok) throw new Refusal(detailOf(body) || `서버가 받지 않았습니다(${response.status}).`);
  return JSON.parse(body);
}
