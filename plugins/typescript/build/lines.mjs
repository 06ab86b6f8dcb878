// Which line of which source each line of a bundle came from, from its source map.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** As `Lines` of `src/trace.ts` has it: for each line the differences of source and line from the line before. */
export function lines(map, name) {
  const deltas = [];
  let [source, line] = [0, 0];
  let [lastSource, lastLine] = [0, 0];
  for (const generated of map.mappings.split(";")) {
    let first;
    for (const segment of generated.split(",")) {
      const [, sourceDelta, lineDelta] = numbers(segment);
      if (sourceDelta === undefined) continue;
      source += sourceDelta;
      line += lineDelta;
      first ??= [source, line + 1];
    }
    const [atSource, atLine] = first ?? [lastSource, lastLine];
    deltas.push(atSource - lastSource, atLine - lastLine);
    [lastSource, lastLine] = [atSource, atLine];
  }
  return { sources: map.sources.map(name), deltas };
}

function numbers(segment) {
  const found = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return found;
}
