/** The artifacts that an artifact was made of, layer by layer. */

import { useState } from "react"
import { Link } from "wouter"
import type { Ancestor } from "../../../serve/api.ts"
import { lineagePage } from "../../address/pages.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { formatCount, plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { AncestorName } from "./ancestor-name.tsx"
import { type Layer, layersOf, nameLayer } from "./layers.ts"

export const ArtifactLineage = ({ run, ancestors }: { readonly run: string; readonly ancestors: ReadonlyArray<Ancestor> }) => {
  const layers = layersOf(ancestors)
  return (
    <ol className="lineage-layers">
      {layers.map((layer) => (
        <LayerOf key={layer.distance} run={run} layer={layer} />
      ))}
    </ol>
  )
}

/** Layers of sweeps may have hundreds: the first ones tell what kind they are. */
const firstShown = 12

const LayerOf = ({ run, layer: { distance, ancestors } }: { readonly run: string; readonly layer: Layer }) => {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? ancestors : ancestors.slice(0, firstShown)
  return (
    <li className="lineage-layer">
      <h3>
        {nameLayer(distance)} {ancestors.length > 1 ? <span className="faint number">· {plural(ancestors.length, "artifact")}</span> : null}
      </h3>
      <ul>
        {shown.map((ancestor) => (
          <li key={ancestor.digest} className="lineage-ancestor">
            <AncestorName run={run} ancestor={ancestor} />
            <span className="faint">{ancestor.stage === null ? "" : <ForeignText text={ancestor.stage} />}</span>
            {ancestor.distance === 0 || ancestor.key === null || ancestor.output === null ? null : (
              <Link
                className="lineage-onward"
                href={lineagePage(run, { key: ancestor.key, output: ancestor.output })}
                aria-label={visibleText(`its lineage: ${ancestor.id ?? ""} ${ancestor.output}`)}
              >
                its lineage
              </Link>
            )}
          </li>
        ))}
      </ul>
      {shown.length === ancestors.length ? null : (
        <button type="button" className="button quiet" onClick={() => setWhole(true)}>
          Show all {formatCount(ancestors.length)}
        </button>
      )}
    </li>
  )
}
