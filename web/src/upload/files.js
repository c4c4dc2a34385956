// Which files a person chose or dropped, with their path on the card.

// What operating systems leave on every card; nobody filmed it.
const litter = /^(\.|Thumbs\.db$|desktop\.ini$|System Volume Information$)/i;

/**
 * Sorts what was chosen into footage and litter.
 *
 * @param {{file: File, path: string}[]} chosen
 */
export function withoutLitter(chosen) {
  const footage = chosen.filter(({ path }) => !path.split('/').some((part) => litter.test(part)));
  return { footage, left: chosen.length - footage.length };
}

/** The files of an <input type="file">, folders included. */
export function fromInput(input) {
  return [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** The files of a drop, folders read to the bottom. */
export async function fromDrop(transfer) {
  // The list is emptied once the event is over: entries are taken first.
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push({ file: entry, path: entry.name });
    else if (entry) await walk(entry, found);
  }
  return found;
}

async function walk(entry, found) {
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
    for (const child of some) await walk(child, found);
  }
}
