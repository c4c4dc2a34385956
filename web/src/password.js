// While a new password is typed: how good it is, in words. The server has the
// last word; this only spares a round.

const place = document.querySelector('[data-strength]');
const field = document.getElementById(place.dataset.strength);
const shortest = Number(place.dataset.shortest);
const name = place.dataset.name.toLowerCase();

field.addEventListener('input', () => {
  place.textContent = judged(field.value.normalize('NFC'));
});

function judged(password) {
  const letters = [...password];
  if (!letters.length) return '';
  if (letters.length < shortest) return `아직 짧습니다. ${shortest - letters.length}자 더 필요합니다.`;
  if (name.length > 3 && password.toLowerCase().includes(name)) return '로그인 이름이 들어 있어 쓸 수 없습니다.';
  if (new Set(letters).size < 4) return '같은 글자가 되풀이되어 쓸 수 없습니다.';
  if (letters.length < shortest + 4) return '쓸 수 있습니다. 낱말을 하나 더 이으면 더 안전합니다.';
  return '안전합니다.';
}
