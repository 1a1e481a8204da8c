type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>

/** Rows of a table as JSON from which exactly the same rows are read again: typed arrays, and the numbers that JSON has no word for. */
export const encodeRows = (rows: Rows): string =>
  JSON.stringify(rows, (_, value: unknown) => {
    if (value instanceof Int32Array) return { $int32: [...value] }
    if (value instanceof Float32Array) return { $float32: [...value] }
    return typeof value === "number" && (Object.is(value, -0) || !Number.isFinite(value)) ? { $number: spell(value) } : value
  })

export const decodeRows = (text: string): Rows =>
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value
    if ("$int32" in value) return Int32Array.from(value.$int32 as Array<number>)
    if ("$float32" in value) return Float32Array.from(value.$float32 as Array<number>)
    return "$number" in value ? Number(value.$number) : value
  }) as Rows

const spell = (value: number): string => (Object.is(value, -0) ? "-0" : String(value))
