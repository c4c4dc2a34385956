// Single keys, which can be switched off (KWCAG 2.2: single-key shortcuts).

const remembered = 'jikim-watch-keys';
let current = null;
let bound = false;

/** From now on keys are the player's; null = nobody's. */
export function listen(player) {
  current = player;
  const single = document.getElementById('single');
  if (single) {
    single.checked = recall() !== 'off';
    single.addEventListener('change', () => keep(single.checked ? 'on' : 'off'));
  }
  if (bound) return;
  bound = true;
  document.addEventListener('keydown', press);
}

function press(e) {
  if (!current || e.ctrlKey || e.altKey || e.metaKey || recall() === 'off' || isTaken(e)) return;
  const act = current.keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
  if (!act) return;
  e.preventDefault();
  act();
}

// Keys that mean something where the focus is stay there.
function isTaken({ target, key }) {
  if (target.closest('dialog, .map, [contenteditable]')) return true;
  if (target.matches('textarea, select, input:not([type="range"]):not([type="checkbox"])')) return true;
  if (target.matches('input[type="range"]')) return key.startsWith('Arrow') || key === 'Home' || key === 'End';
  if (target.matches('button, summary, a, input[type="checkbox"]')) return key === ' ' || key === 'Enter';
  return target.matches('.picture, .scroll') && (key.startsWith('Arrow') || key === 'Home' || key === 'End');
}

function recall() {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function keep(value) {
  try {
    localStorage.setItem(remembered, value);
  } catch {
    // a browser that keeps nothing: it holds for this page
  }
}
