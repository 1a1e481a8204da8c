/** Lists of records of a few texts in one parameter: `pairs~tldr.pairs~preferences,gold~…`. */

const separators = /[%~,]/g

const encode = (text: string): string => text.replace(separators, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const decode = (text: string): string => text.replace(/%(25|7E|2C)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/** Empty texts at the end of a record are left out. */
export const writeRecords = (records: ReadonlyArray<ReadonlyArray<string>>): string =>
  records
    .map((fields) =>
      fields
        .slice(0, fields.findLastIndex((field) => field !== "") + 1)
        .map(encode)
        .join("~"),
    )
    .join(",")

export const readRecords = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text === "" ? [] : text.split(",").map((record) => record.split("~").map(decode))
