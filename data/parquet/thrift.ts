/**
 * Thrift's compact protocol, as far as a Parquet footer uses it: any struct can be read and written
 * back unchanged, also where it holds fields that this code does not know. Source: apache/thrift,
 * doc/specs/thrift-compact-protocol.md.
 */

export type Value =
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "byte" | "i16" | "i32" | "i64"; readonly value: bigint }
  | { readonly kind: "double" | "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "list" | "set"; readonly of: number; readonly items: ReadonlyArray<Value> }
  | Struct

/** Fields by number, in ascending order. */
export interface Struct {
  readonly kind: "struct"
  readonly fields: ReadonlyMap<number, Value>
}

/** Bytes that are not a struct in the compact protocol. */
export class ThriftError extends Error {
  override readonly name = "ThriftError"
}

const codes = { byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, struct: 12 } as const

/** Deeper than any Parquet footer; a guard against bytes that open structs without end. */
const deepest = 32

/**
 * Reads the struct at the start of `bytes`. Binary values are views. Throws a ThriftError for bytes
 * that end early or make no sense.
 */
export const decodeStruct = (bytes: Uint8Array): Struct => decodePrefix(bytes).struct

/** The same, and how many bytes it takes. */
export const decodePrefix = (bytes: Uint8Array): { readonly struct: Struct; readonly length: number } => {
  let at = 0
  const byte = (): number => {
    const value = bytes[at]
    if (value === undefined) throw new ThriftError("ends early")
    at++
    return value
  }
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const next = byte()
      value |= BigInt(next & 0x7f) << shift
      if (next < 0x80) return value
    }
    throw new ThriftError("holds a number longer than 64 bits")
  }
  const integer = (): bigint => {
    const value = varint()
    return (value >> 1n) ^ -(value & 1n)
  }
  /**
   * A count of things of at least one byte each cannot exceed what is left: what a header claims is
   * never allocated unseen.
   */
  const count = (value: number | bigint): number => {
    if (value > bytes.length - at) throw new ThriftError(`claims ${value} entries where ${bytes.length - at} bytes are left`)
    return Number(value)
  }
  const take = (length: number): Uint8Array => {
    const start = at
    at += count(length)
    return bytes.subarray(start, at)
  }
  const value = (code: number, depth: number): Value => {
    switch (code) {
      case 1:
      case 2:
        return { kind: "bool", value: byte() === 1 }
      case codes.byte:
        return { kind: "byte", value: BigInt(byte()) }
      case codes.i16:
        return { kind: "i16", value: integer() }
      case codes.i32:
        return { kind: "i32", value: integer() }
      case codes.i64:
        return { kind: "i64", value: integer() }
      case codes.double:
        return { kind: "double", bytes: take(8) }
      case codes.binary:
        return { kind: "binary", bytes: take(count(varint())) }
      case codes.list:
      case codes.set: {
        const header = byte()
        const length = count(header >> 4 === 15 ? varint() : header >> 4)
        const of = header & 15
        return { kind: code === codes.list ? "list" : "set", of, items: Array.from({ length }, () => value(of, depth + 1)) }
      }
      case codes.struct:
        return struct(depth + 1)
      default:
        throw new ThriftError(`holds a value of unknown type ${code}`)
    }
  }
  const struct = (depth: number): Struct => {
    if (depth > deepest) throw new ThriftError("is nested too deeply")
    const fields = new Map<number, Value>()
    let id = 0
    for (let header = byte(); header !== 0; header = byte()) {
      id = header >> 4 === 0 ? Number(integer()) : id + (header >> 4)
      const code = header & 15
      fields.set(id, code === 1 || code === 2 ? { kind: "bool", value: code === 1 } : value(code, depth))
    }
    return { kind: "struct", fields }
  }
  return { struct: struct(0), length: at }
}

export const encodeStruct = (root: Struct): Uint8Array => {
  let buffer = new Uint8Array(1024)
  let at = 0
  const room = (length: number): void => {
    if (at + length <= buffer.length) return
    const larger = new Uint8Array(Math.max(buffer.length * 2, at + length))
    larger.set(buffer)
    buffer = larger
  }
  const byte = (value: number): void => {
    room(1)
    buffer[at++] = value
  }
  const raw = (bytes: Uint8Array): void => {
    room(bytes.length)
    buffer.set(bytes, at)
    at += bytes.length
  }
  const varint = (value: bigint): void => {
    let left = value
    for (; left > 0x7fn; left >>= 7n) byte(Number(left & 0x7fn) | 0x80)
    byte(Number(left))
  }
  const integer = (value: bigint): void => varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
  // A switch: a footer has thousands of values, and to match patterns takes as long as all the rest
  // of writing a small table.
  const write = (value: Value): void => {
    switch (value.kind) {
      case "bool":
        byte(value.value ? 1 : 2)
        break
      case "byte":
        byte(Number(value.value))
        break
      case "i16":
      case "i32":
      case "i64":
        integer(value.value)
        break
      case "binary":
        varint(BigInt(value.bytes.length))
        raw(value.bytes)
        break
      case "double":
        raw(value.bytes)
        break
      case "list":
      case "set":
        byte((Math.min(value.items.length, 15) << 4) | value.of)
        if (value.items.length >= 15) varint(BigInt(value.items.length))
        for (const item of value.items) write(item)
        break
      case "struct":
        struct(value)
    }
  }
  const struct = ({ fields }: Struct): void => {
    let last = 0
    for (const [id, value] of fields) {
      const code = value.kind === "bool" ? (value.value ? 1 : 2) : codes[value.kind]
      const step = id - last
      if (step > 0 && step < 16) byte((step << 4) | code)
      else {
        byte(code)
        integer(BigInt(id))
      }
      if (value.kind !== "bool") write(value)
      last = id
    }
    byte(0)
  }
  struct(root)
  return buffer.slice(0, at)
}
