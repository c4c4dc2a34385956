// Which files a person chose or dropped, with their path on the card.

/**
 * @typedef {{file: File, path: string}} Chosen
 * @typedef {{files: Chosen[], handles: FileSystemHandle[]}} Choice handles by
 *   which the browser can read the same again after a reload; none where it
 *   cannot
 */

/** @returns {Choice} the files of an <input type="file">, folders included */
export function fromInput(input) {
  return { files: [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })), handles: [] };
}

/** @returns {Promise<Choice>} the files of a drop, folders read to the bottom */
export async function fromDrop(transfer) {
  // The list is emptied once the event is over: everything is taken first.
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const promised = items.map((item) => item.getAsFileSystemHandle?.().catch(() => null));
  const handles = (await Promise.all(promised)).filter(Boolean);
  if (handles.length > 0 && handles.length === items.length) return fromHandles(handles);
  const files = [];
  for (const entry of entries) {
    if (entry instanceof File) files.push({ file: entry, path: entry.name });
    else if (entry) await walkEntry(entry, files);
  }
  return { files, handles: [] };
}

/** @returns {Promise<Choice>} what lies behind handles, folders read to the bottom */
export async function fromHandles(handles) {
  const files = [];
  for (const handle of handles) await walkHandle(handle, handle.name, files);
  return { files, handles };
}

async function walkHandle(handle, path, found) {
  if (handle.kind === 'file') {
    found.push({ file: await handle.getFile(), path });
    return;
  }
  for await (const child of handle.values()) await walkHandle(child, `${path}/${child.name}`, found);
}

async function walkEntry(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, path: entry.fullPath.replace(/^\//, '') });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives some entries at a time, and none at the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) await walkEntry(child, found);
  }
}

/** Names a file among what is chosen, also after a reload. */
export function keyOf({ file, path }) {
  return [path, file.size, file.lastModified].join('|');
}

const sampleBytes = 64 * 1024;

/**
 * A short look at a file's contents: two files of the same name, size and time
 * (cameras without a clock write them) are not taken for one. It fails when
 * the file cannot be read.
 */
export async function sampleOf(file) {
  const middle = Math.floor(file.size / 2);
  const parts = await Promise.all(
    [0, middle, Math.max(0, file.size - sampleBytes)].map((at) => file.slice(at, at + sampleBytes).arrayBuffer()),
  );
  // FNV-1a, twice, with different beginnings: not a proof, the server makes that.
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (const part of parts) {
    for (const byte of new Uint8Array(part)) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x85ebca6b);
    }
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
