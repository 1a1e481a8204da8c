import { Error as ErrorsOnly, parse, textMetrics, View } from "vega"
import { compile, type TopLevelSpec } from "vega-lite"

/**
 * Draws a Vega-Lite specification as an SVG document, without a DOM. Equal specifications give
 * equal bytes. Fails with Vega's own error if the specification is wrong.
 */
export const renderSvg = async (specification: TopLevelSpec): Promise<string> => {
  // Vega would measure with a canvas where one is installed, and take 0.8 em a character elsewhere:
  // wide margins, and other bytes on other machines.
  textMetrics.width = ({ fontSize = 11 }, line) => characterWidth * fontSize * String(line ?? "").length
  const view = new View(parse(compile(specification).spec), { renderer: "none", logLevel: ErrorsOnly })
  try {
    return `${await view.toSVG()}\n`
  } finally {
    view.finalize()
  }
}

/**
 * The width of a character, in em: between Helvetica's (0.52) and the wider sans-serif faces that
 * stand in for it (0.6).
 */
export const characterWidth = 0.57
