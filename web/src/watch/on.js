// The files of one recording one after another, without leaving a large
// picture: the next page is fetched and its parts take the place of this one's.

const opened = new Map(); // page addresses by clip: one look in the ledger each

/**
 * Lets the buttons of `root` and the film's end go on to other files. mount
 * puts a page's parts to work.
 */
export function goingOn(root, media, player, mount) {
  opened.set(location.pathname.split('/')[2], location.pathname);
  for (const form of root.querySelectorAll('form.on')) {
    form.addEventListener('submit', (e) => {
      e.preventDefault();
      const at = form.hasAttribute('data-lens') ? Math.max(0, media.currentTime - form.dataset.offset) : 0;
      goOn(form, at, media, mount);
    });
  }
  const next = root.querySelector('form[data-next]');
  const before = root.querySelector('form[data-before]');
  if (next) {
    media.addEventListener('ended', () => goOn(next, 0, media, mount));
    player.keys.n = () => goOn(next, 0, media, mount);
  }
  if (before) player.keys.p = () => goOn(before, 0, media, mount);
  const at = /^#t=([\d.]+)$/.exec(location.hash);
  if (at) player.go(+at[1]) || media.addEventListener('loadedmetadata', () => player.go(+at[1]), { once: true });
}

async function goOn(form, at, media, mount) {
  const to = form.elements.to.value;
  form.elements.at.value = at;
  const page = await fetchPage(form, to).catch(() => null);
  if (!page) return void form.submit(); // the page that comes says why
  const was = { play: !media.paused || media.ended, volume: media.volume, muted: media.muted, rate: media.playbackRate };
  opened.set(to, page.address);
  take(page.root);
  history.replaceState(null, '', page.address);
  document.title = page.title;
  mount();
  const now = document.getElementById('player');
  Object.assign(now, { volume: was.volume, muted: was.muted, defaultPlaybackRate: was.rate, playbackRate: was.rate });
  now.addEventListener(
    'loadedmetadata',
    () => {
      now.playbackRate = was.rate;
      if (at) now.currentTime = Math.min(at, now.duration);
      if (was.play) now.play().catch(() => {});
    },
    { once: true },
  );
}

async function fetchPage(form, to) {
  const known = opened.get(to);
  let answer = known && (await fetch(known));
  if (!answer?.ok) answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const root = page.getElementById('watch');
  return root && { root, title: page.title, address: answer.url };
}

// take puts the parts of a fetched page in the place of this one's. The stage
// itself stays: it may fill the screen.
function take(root) {
  const stage = document.getElementById('stage');
  const fresh = root.querySelector('#stage');
  const focused = stage.contains(document.activeElement) && document.activeElement.dataset.do;
  for (const key of Object.keys(stage.dataset)) delete stage.dataset[key];
  Object.assign(stage.dataset, fresh.dataset);
  stage.className = fresh.className;
  stage.replaceChildren(...fresh.childNodes);
  for (const part of ['#rest', 'h1', 'p']) document.querySelector(`#watch > ${part}`).replaceWith(root.querySelector(`:scope > ${part}`));
  document.querySelector('#watch > #help')?.replaceWith(root.querySelector(':scope > #help'));
  if (focused) stage.querySelector(`[data-do="${focused}"]`)?.focus();
}
