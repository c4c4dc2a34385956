// The upload page: choose, send three at a time, say how each ended, and say
// only at the very end, and only when it is true, that the card may be wiped.

import { fromDrop, fromInput, withoutLitter } from './upload/files.js';
import { Row } from './upload/row.js';
import { Refusal, SignedOut, send } from './upload/transfer.js';

const atOnce = 3;

const chooser = document.getElementById('chooser');
const drop = document.getElementById('drop');
const device = document.getElementById('device');
const purpose = document.getElementById('purpose');
const work = document.getElementById('work');
const list = document.getElementById('rows');
const summary = document.getElementById('summary');

const rows = [];
let left = 0; // files that were not footage
let busy = 0;

function add(chosen) {
  const sorted = withoutLitter(chosen);
  left += sorted.left;
  const batch = batchName(sorted.footage);
  for (const { file, path } of sorted.footage) {
    if (rows.some((r) => r.item.path === path && r.item.file.size === file.size && r.item.file.lastModified === file.lastModified)) continue;
    const row = new Row({ file, path, device: device.value, purpose: purpose.value, batch }, () => retry(row));
    rows.push(row);
    list.append(row.element);
  }
  work.hidden = rows.length === 0;
  pump();
}

// batchName groups what was chosen together: the folder's name and the minute.
function batchName(chosen) {
  const folder = chosen[0]?.path.includes('/') ? chosen[0].path.split('/')[0] : '';
  const now = new Date();
  const two = (n) => String(n).padStart(2, '0');
  const minute = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}`;
  return folder ? `${folder} ${minute}` : '';
}

function pump() {
  while (busy < atOnce) {
    const row = rows.find((r) => r.state === 'waiting');
    if (!row) break;
    busy++;
    run(row).finally(() => {
      busy--;
      pump();
    });
  }
  tell();
}

async function run(row) {
  row.show('sending');
  const { file, path } = row.item;
  try {
    const ended = await send(file, metadataOf(row.item, file, path), {
      progress: (sent) => row.progress(sent),
      waiting: () => row.show('cut', '연결되면 이어서 보냅니다. 이 창을 닫지 마세요.'),
      checking: () => row.show('checking'),
    });
    row.show(stateOf(ended), ended.detail ?? '');
  } catch (error) {
    if (error instanceof SignedOut) row.show('failed', '로그인이 끝났습니다. 새 창에서 다시 로그인한 뒤 ‘다시 시도’를 누르면 이어서 보냅니다.');
    else if (error instanceof Refusal) row.show('refused', error.message);
    else row.show('failed', '서버에 닿지 못했습니다. 네트워크를 확인하고 ‘다시 시도’를 누르면 이어서 보냅니다.');
  }
}

function stateOf(ended) {
  if (ended.state === 'refused') return 'refused';
  if (ended.code === 'duplicate') return 'already';
  return ended.code ? 'review' : 'done';
}

function metadataOf(item, file, path) {
  const said = {
    filename: file.name,
    path,
    mtime: new Date(file.lastModified).toISOString(),
    device: item.device,
    purpose: item.purpose,
    batch: item.batch,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

function retry(row) {
  row.show('waiting');
  pump();
}

// tell sums up, in words that are read out when they change.
function tell() {
  if (rows.length === 0 && left === 0) return;
  const count = (...states) => rows.filter((r) => states.includes(r.state)).length;
  const review = count('review');
  const safe = count('done', 'already') + review;
  const refused = count('refused', 'failed');
  const open = rows.length - safe - refused;
  const skipped = left > 0 ? ` 운영체제가 만든 파일 ${left}개는 올리지 않았습니다.` : '';
  let text = `${rows.length}개 중 ${safe}개 등록 완료.`;
  let tone = '';
  if (refused > 0) text += ` ${refused}개는 등록되지 않았습니다.`;
  if (open > 0) text += ` ${open}개를 처리하고 있습니다. 카메라를 아직 지우지 마세요.`;
  else if (refused > 0) {
    text += ' 카메라를 지우지 말고 아래 까닭을 확인하세요.';
    tone = 'bad';
  } else if (rows.length > 0) {
    text = `모두 안전하게 저장되었습니다. 카메라에서 지워도 됩니다. (${rows.length}개)`;
    tone = review > 0 ? 'warn' : 'good';
    if (review > 0) text += ` 다만 ${review}개는 확인이 필요하니 지우기 전에 아래 까닭을 읽어 주세요.`;
  } else text = '올릴 영상이 없습니다.';
  summary.className = `notice ${tone}`;
  if (summary.textContent !== text + skipped) summary.textContent = text + skipped;
  summary.hidden = false;
}

for (const id of ['files', 'folder']) {
  const input = document.getElementById(id);
  input.addEventListener('change', () => {
    add(fromInput(input));
    input.value = ''; // so that the same file may be chosen again
  });
}

for (const event of ['dragenter', 'dragover']) {
  drop.addEventListener(event, (e) => {
    e.preventDefault();
    drop.classList.add('over');
  });
}
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', async (e) => {
  e.preventDefault();
  drop.classList.remove('over');
  add(await fromDrop(e.dataTransfer));
});
// A file dropped beside the field would otherwise replace the page.
for (const event of ['dragover', 'drop']) document.addEventListener(event, (e) => e.preventDefault());

window.addEventListener('beforeunload', (e) => {
  if (rows.some((r) => ['waiting', 'sending', 'cut', 'checking'].includes(r.state))) e.preventDefault();
});

chooser.hidden = false;
