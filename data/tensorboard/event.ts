import protobuf from "protobufjs/light.js"
import { maskedCrc32c } from "./crc32c.ts"

/**
 * The part of TensorFlow's `event.proto` and `summary.proto` that scalars need; field numbers are
 * theirs.
 */
const schema = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { type: "double", id: 1 },
        step: { type: "int64", id: 2 },
        fileVersion: { type: "string", id: 3 },
        summary: { type: "Summary", id: 5 },
        sessionLog: { type: "SessionLog", id: 7 },
      },
    },
    Summary: { fields: { value: { rule: "repeated", type: "Value", id: 1 } } },
    Value: {
      // One of many kinds of values: without this, a zero would be left out, and be none.
      oneofs: { value: { oneof: ["simpleValue"] } },
      fields: { tag: { type: "string", id: 1 }, simpleValue: { type: "float", id: 2 } },
    },
    SessionLog: { fields: { status: { type: "int32", id: 1 } } },
  },
})
const Event = schema.lookupType("Event")

/** The first record of every file of events. `wallTime` is in seconds since 1970. */
export const versionRecord = (wallTime: number): Uint8Array => record({ wallTime, fileVersion: "brain.Event:2" })

/** The scalars of a step, as floats of 32 bits, which is what TensorBoard keeps. */
export const scalarsRecord = (wallTime: number, step: number, values: Readonly<Record<string, number>>): Uint8Array =>
  record({ wallTime, step, summary: { value: Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue })) } })

/** Says that a run starts at a step: TensorBoard drops what it had of that step and later ones. */
export const startRecord = (wallTime: number, step: number): Uint8Array => record({ wallTime, step, sessionLog: { status: 1 } })

/** An event as TensorFlow frames records: length, its checksum, the bytes, their checksum. */
const record = (event: object): Uint8Array => {
  const bytes = Event.encode(Event.create(event)).finish()
  const framed = Buffer.alloc(bytes.length + 16)
  framed.writeBigUInt64LE(BigInt(bytes.length), 0)
  framed.writeUInt32LE(maskedCrc32c(framed.subarray(0, 8)), 8)
  framed.set(bytes, 12)
  framed.writeUInt32LE(maskedCrc32c(bytes), 12 + bytes.length)
  return framed
}
