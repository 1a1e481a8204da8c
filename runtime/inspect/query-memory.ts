import type { SettingsShape } from "../settings.ts"

/** Bytes of memory that queries may take, at most. */
const mostMemory = 8e9

/** What all queries of a time may take together: half of the memory there is, in bytes. */
export const queryMemory = (settings: SettingsShape): number =>
  Math.min(mostMemory, Math.floor(Math.min(settings.memory, process.availableMemory()) / 2))
