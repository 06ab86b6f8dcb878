/** UTF-8, which the engine of components lacks: text to bytes. */
export function encode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    // Half a surrogate pair has no bytes of its own.
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    length = put(bytes, length, point);
  }
  return bytes.slice(0, length);
}

function put(bytes: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    bytes[at] = point;
    return at + 1;
  }
  const count = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  const lead = [0, 0, 0xc0, 0xe0, 0xf0][count] ?? 0;
  bytes[at] = lead | (point >> (6 * (count - 1)));
  for (let rest = count - 2; rest >= 0; rest -= 1) bytes[at + count - 1 - rest] = 0x80 | ((point >> (6 * rest)) & 0x3f);
  return at + count;
}

/** Bytes to text; undefined where they are not UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  const pieces: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const count = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (count === 0 || at + count > bytes.length) return undefined;
    let point = count === 1 ? first : first & (0xff >> (count + 1));
    for (let next = 1; next < count; next += 1) {
      const byte = bytes[at + next] ?? 0;
      if (byte >> 6 !== 2) return undefined;
      point = (point << 6) | (byte & 0x3f);
    }
    const least = [0, 0, 0x80, 0x800, 0x10000][count] ?? 0;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    points.push(point);
    at += count;
    if (points.length === 4096) {
      pieces.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  return pieces.join("") + String.fromCodePoint(...points);
}
