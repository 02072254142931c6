import { crc32 } from "node:zlib";

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

/**
 * Packs files into a ZIP archive (APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and
 * 4.3.16). They are stored as they are, without a time: there are few of them,
 * and no larger than 4 GiB together.
 */
export function toZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const path = encoder.encode(name);
    // Version, flags (names are UTF-8), method, time and date, sums and sizes.
    const common = [
      ...u16(20, 1 << 11, 0, 0, 0x21),
      ...u32(crc32(bytes), bytes.length, bytes.length),
      ...u16(path.length, 0),
    ];
    const header = new Uint8Array([...u32(0x04034b50), ...common, ...path]);
    directory.push(
      new Uint8Array([
        ...u32(0x02014b50),
        ...u16(20),
        ...common,
        ...u16(0, 0, 0),
        ...u32(0, offset),
        ...path,
      ]),
    );
    parts.push(header, bytes);
    offset += header.length + bytes.length;
  }
  const length = directory.reduce((sum, one) => sum + one.length, 0);
  return [
    ...parts,
    ...directory,
    new Uint8Array([
      ...u32(0x06054b50),
      ...u16(0, 0, entries.length, entries.length),
      ...u32(length, offset),
      ...u16(0),
    ]),
  ];
}

function u16(...values: number[]): number[] {
  return values.flatMap((value) => [value & 0xff, value >> 8 & 0xff]);
}

function u32(...values: number[]): number[] {
  return values.flatMap((value) => u16(value & 0xffff, value >>> 16));
}
