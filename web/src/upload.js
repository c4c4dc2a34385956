// The upload page: choose a card, see what is on it, send it three files at a
// time, and be told what may be wiped.

import { icon } from './parts/icon.js';
import { newID, noteBatch, plan, Refusal, signedIn, SignedOut } from './upload/ask.js';
import { element } from './upload/element.js';
import { fromDrop, fromHandles, fromInput, keyOf } from './upload/files.js';
import { stayAwake } from './upload/line.js';
import { Queue } from './upload/queue.js';
import { Item, Recording } from './upload/recording.js';
import { batchesOf, forgetBatch, keepBatch } from './upload/store.js';
import { Table } from './upload/table.js';
import { Total } from './upload/total.js';
import { bytes } from './upload/words.js';

const $ = (id) => document.getElementById(id);
const account = document.body.dataset.sessionAccount ?? '';
const fields = ['title', 'place', 'approval', 'device', 'purpose'];

let batch = null; // the one on its way: see store.js
let recordings = [];
let skipped = []; // {path, why}
let handles = [];
let choosing = true;

const queue = new Queue({ account, metadataOf });
const table = new Table({ again: (items) => queue.again(items), ticked: tellPlan });
const total = new Total();

function metadataOf(item) {
  const said = {
    filename: item.file.name,
    path: item.path,
    mtime: new Date(item.file.lastModified).toISOString(),
    device: batch.said.device,
    purpose: batch.said.purpose,
    batch: batch.key,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}

// take shows what was chosen before anything is sent; again = go on at once.
async function take(reading, again = null) {
  if (queue.open) return complain('지금 보내는 것이 끝난 뒤에 다른 카드를 고르세요.');
  complain('');
  busy('파일을 살펴보고 있습니다…');
  try {
    const choice = await reading;
    if (choice.files.length === 0) return complain('고른 곳에 파일이 없습니다. 카드의 폴더를 다시 골라 주세요.');
    const files = distinct([...(choosing ? chosenSoFar() : []), ...choice.files]);
    handles = choosing ? [...handles, ...choice.handles] : choice.handles;
    const answer = await plan(files);
    recordings = answer.recordings.map((r) => new Recording(r, r.files.map((f) => new Item(files[f.i], f))));
    skipped = answer.skipped.map((s) => ({ ...files[s.i], why: s.why }));
    await offer(again ?? (await unfinishedWith(files)));
  } catch (error) {
    complain(whyNot(error));
  } finally {
    busy('');
  }
}

const chosenSoFar = () => [...recordings.flatMap((r) => r.items.map(({ file, path }) => ({ file, path }))), ...skipped];

function distinct(files) {
  return [...new Map(files.map((f) => [keyOf(f), f])).values()];
}

function whyNot(error) {
  if (error instanceof Refusal) return error.message;
  if (error instanceof SignedOut) return '로그인이 끝났습니다. 다시 로그인한 뒤 골라 주세요.';
  if (error?.name === 'NotFoundError' || error?.name === 'NotReadableError' || error?.name === 'NotAllowedError') {
    return '고른 곳을 읽을 수 없습니다. 카드가 꽂혀 있는지 확인하고 다시 골라 주세요.';
  }
  return '서버에 닿지 못했습니다. 네트워크를 확인하고 다시 시도해 주세요.';
}

async function offer(going) {
  choosing = true;
  batch = going;
  if (going) {
    const wanted = new Set(going.files);
    for (const r of recordings) r.ticked = r.items.some((i) => wanted.has(keyOf(i)));
    for (const name of fields) $(name).value = going.said[name] ?? '';
  }
  queue.items = [];
  table.recordings = recordings;
  for (const id of ['total', 'summary', 'ended']) $(id).hidden = true;
  $('unfinished').hidden = true;
  $('work').hidden = false;
  $('choosing').hidden = false;
  tellSkipped();
  tellPlan();
  if (going?.straight) await start();
  else $('start').focus();
}

function tellPlan() {
  const sent = recordings.filter((r) => r.ticked);
  const files = sent.reduce((n, r) => n + r.items.length, 0);
  const size = bytes(sent.reduce((n, r) => n + r.bytes, 0));
  const words = recordings.length
    ? `촬영 ${recordings.length}건을 찾았습니다. ${sent.length}건(파일 ${files}개, ${size})을 보냅니다.`
    : '올릴 영상이 없습니다. 다른 폴더를 골라 주세요.';
  $('plan-words').textContent = words;
  $('start').disabled = sent.length === 0;
  $('start').replaceChildren(icon('upload'), element('span', { textContent: `${batch ? '이어서 전송' : '전송 시작'} (${sent.length}건 · ${size})` }));
  $('none').textContent = sent.length ? '모두 빼기' : '모두 넣기';
  total.announceNow(words);
  table.show(choosing);
}

function tellSkipped() {
  const box = $('skipped');
  box.hidden = skipped.length === 0;
  box.querySelector('summary').textContent = `올리지 않는 파일 ${skipped.length}개와 그 까닭`;
  const shown = skipped.slice(0, 200).map((s) => element('li', { textContent: `${s.path}: ${s.why}` }));
  if (skipped.length > shown.length) shown.push(element('li', { textContent: `그 밖에 ${skipped.length - shown.length}개` }));
  box.querySelector('ul').replaceChildren(...shown);
}

function said() {
  const values = Object.fromEntries(fields.map((name) => [name, $(name).value.trim()]));
  values.title ||= titleOf();
  return values;
}

// titleOf names what nobody has named: by the folder, or by the first of the files.
function titleOf() {
  const [first] = recordings.filter((r) => r.ticked);
  const { path } = first.items[0];
  const more = recordings.filter((r) => r.ticked).length - 1;
  const name = path.includes('/') ? path.split('/')[0] : first.name;
  return `${[...name].slice(0, 60).join('')}${!path.includes('/') && more > 0 ? ` 밖 ${more}건` : ''}`;
}

async function start() {
  const sent = recordings.filter((r) => r.ticked);
  if (sent.length === 0 || $('start').disabled) return;
  $('start').disabled = true;
  clearMistakes();
  try {
    const items = sent.flatMap((r) => r.items);
    batch = { key: batch?.key ?? newID(), account, said: said(), files: items.map(keyOf), handles };
    await noteBatch(batch.key, batch.said);
    await keepBatch(batch);
    claim(batch.key);
    begin(items);
  } catch (error) {
    if (error instanceof Refusal && fields.includes(error.field)) mistake(error.field, error.message);
    else complain(whyNot(error));
  } finally {
    $('start').disabled = false;
  }
}

function begin(items) {
  choosing = false;
  for (const id of ['chooser', 'choosing', 'recent']) if ($(id)) $(id).hidden = true;
  $('receipt').href = `/upload/receipts/${batch.key}`;
  queue.paused = false;
  queue.begin(batch.key, items);
  total.announceNow('전송을 시작했습니다.');
  $('total-title').focus();
}

// Redrawn a few times a second at most, however many bytes move.
let drawn = 0;
queue.addEventListener('change', () => {
  drawn ||= setTimeout(() => {
    drawn = 0;
    if (choosing) return;
    table.show(false);
    total.show(recordings, skipped.length, queue);
    stayAwake(queue.open && !queue.paused && !queue.signedOut);
    if (!queue.open && queue.items.every((i) => i.state !== 'failed')) forgetBatch(batch.key);
  }, 150);
});

// Signed in again in another window: on it goes by itself.
queue.addEventListener('signed-out', async () => {
  $('signed-out').hidden = false;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const session = await signedIn();
    if (session?.account === account) break;
  }
  $('signed-out').hidden = true;
  if (!queue.paused) queue.go();
});

function complain(sentence) {
  $('problem').hidden = sentence === '';
  $('problem').querySelector('p').textContent = sentence;
}

function busy(sentence) {
  $('reading').hidden = sentence === '';
  $('reading').textContent = sentence;
}

function mistake(name, sentence) {
  $('said').open = true;
  const input = $(name);
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', `${name}-hint ${name}-error`);
  input.after(element('p', { className: 'error', id: `${name}-error` }, icon('alert'), element('span', { textContent: sentence })));
  input.focus();
}

function clearMistakes() {
  complain('');
  for (const name of fields) {
    $(name).removeAttribute('aria-invalid');
    $(`${name}-error`)?.remove();
  }
}

// --- what was on its way before a reload ---

// claim holds a batch for this window as long as it is open.
function claim(id) {
  navigator.locks?.request(`jikim-batch|${id}`, { ifAvailable: true }, (lock) => lock && new Promise(() => {}));
}

async function held(id) {
  const locks = await navigator.locks?.query();
  return locks?.held.some((l) => l.name === `jikim-batch|${id}`) ?? false;
}

// unfinishedWith is the batch that some of these files were to go with.
async function unfinishedWith(files) {
  const keys = new Set(files.map(keyOf));
  return (await batchesOf(account)).find((b) => b.files.some((key) => keys.has(key))) ?? null;
}

async function restore() {
  const [going] = await batchesOf(account);
  if (!going || queue.open || recordings.length) return;
  const title = `‘${going.said.title}’ (파일 ${going.files.length}개)`;
  $('unfinished').hidden = false;
  if (await held(going.key)) {
    $('unfinished-text').textContent = `${title}은(는) 다른 창에서 전송 중입니다. 그 창을 닫지 마세요.`;
    $('resume').hidden = $('give-up').hidden = true;
    return;
  }
  $('resume').hidden = going.handles.length === 0;
  $('give-up').onclick = async () => {
    await forgetBatch(going.key);
    $('unfinished').hidden = true;
    $('folder').focus();
  };
  if (going.handles.length === 0) {
    $('unfinished-text').textContent = `${title} 전송이 끝나지 않았습니다. 같은 폴더나 파일을 다시 고르면 이어서 전송합니다.`;
    return;
  }
  $('unfinished-text').textContent = `${title} 전송이 끝나지 않았습니다. 카드를 꽂은 채로 ‘이어서 전송’을 누르세요.`;
  $('resume').onclick = () => goOn(going, 'requestPermission');
  await goOn(going, 'queryPermission');
}

// goOn reads the same folder again, if the browser lets us.
async function goOn(going, ask) {
  const answers = await Promise.all(going.handles.map((h) => h[ask]({ mode: 'read' }))).catch(() => ['denied']);
  if (answers.every((a) => a === 'granted')) await take(fromHandles(going.handles), { ...going, straight: true });
}

// --- hands ---

for (const id of ['files', 'folder']) {
  const input = $(id);
  input.addEventListener('change', () => {
    const choice = fromInput(input);
    input.value = ''; // so that the same file may be chosen again
    take(choice);
  });
}

// Where the browser can, a folder is chosen so that it can be read again.
$('folder').addEventListener('click', async (e) => {
  if (!window.showDirectoryPicker) return;
  e.preventDefault();
  try {
    const handle = await window.showDirectoryPicker({ id: 'card', mode: 'read' });
    await take(fromHandles([handle]));
  } catch (error) {
    if (error.name !== 'AbortError') complain(whyNot(error));
  }
});

const drop = $('drop');
for (const event of ['dragenter', 'dragover']) {
  drop.addEventListener(event, (e) => {
    e.preventDefault();
    drop.classList.add('over');
  });
}
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', (e) => {
  e.preventDefault();
  drop.classList.remove('over');
  take(fromDrop(e.dataTransfer));
});
// A file dropped beside the field would otherwise replace the page.
for (const event of ['dragover', 'drop']) document.addEventListener(event, (e) => e.preventDefault());

$('chooser').addEventListener('submit', (e) => e.preventDefault());
$('start').addEventListener('click', start);
$('none').addEventListener('click', () => {
  const to = !recordings.some((r) => r.ticked);
  for (const r of recordings) r.ticked = to;
  tellPlan();
});
$('back').addEventListener('click', () => {
  [recordings, skipped, handles, batch] = [[], [], [], null];
  $('work').hidden = true;
  restore();
  $('folder').focus();
});
$('pause').addEventListener('click', () => (queue.paused ? queue.go() : queue.pause()));
$('retry-all').addEventListener('click', () => queue.again(queue.items));
$('anew').addEventListener('click', () => location.assign('/upload'));

window.addEventListener('beforeunload', (e) => {
  if (queue.open && !queue.signedOut) e.preventDefault();
});

$('chooser').hidden = false;
restore();
