/**
 * Which way a text reads. Each token is isolated from the others, so that the browser cannot tell
 * from them in which direction they follow each other.
 */

const firstLetter = /\p{L}/u
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u

/** The direction of the first letter, as the bidirectional algorithm takes it. */
export const directionOf = (text: string): "ltr" | "rtl" => (rightToLeft.test(firstLetter.exec(text)?.[0] ?? "") ? "rtl" : "ltr")
