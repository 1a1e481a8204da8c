/** A sample of what policies wrote, side by side. */

import { useRef, useState } from "react"
import type { ReportGenerations } from "../../serve/report/data.ts"
import { ForeignText } from "../elements/foreign-text.tsx"
import { Tabs } from "../elements/tabs.tsx"
import { columnStyle } from "../views/generations/column-style.ts"
import { Legend } from "../views/generations/legend.tsx"
import { Row } from "../views/generations/prompts.tsx"

export const Generations = ({ generations: { sets, samples } }: { readonly generations: ReportGenerations }) => {
  const [chosen, setChosen] = useState(samples[0]?.name ?? "")
  const [isPlain, setPlain] = useState(false)
  const container = useRef<HTMLDivElement>(null)
  const sample = samples.find(({ name }) => name === chosen) ?? samples[0]
  if (sample === undefined) return null
  const { prompts, total } = sample.page
  const hasColours = prompts.some(({ answers }) => answers.flat().some(({ tokens }) => tokens?.some(({ logRatio }) => logRatio !== null)))
  return (
    <section className="report-generations">
      <h2>What they wrote</h2>
      <Tabs label="Sample" value={chosen} tabs={samples.map(({ name }) => ({ value: name, label: name }))} onChange={setChosen}>
        <div ref={container} className={isPlain ? "generations plain" : "generations"}>
          <Legend container={container} isPlain={isPlain} hasColours={hasColours} onPlain={setPlain} />
          <div className="response-set-heads generations-line" style={columnStyle(sets.length)}>
            <div />
            {sets.map(({ label }) => (
              <div key={label} className="response-set-head">
                <strong>
                  <ForeignText text={label} />
                </strong>
              </div>
            ))}
          </div>
          <ol className="prompts">
            {prompts.map(({ prompt, answers }, index) => (
              <Row key={prompt} run={null} columns={sets} prompt={prompt} answers={answers} at={index} total={total} isCurrent={false} />
            ))}
          </ol>
        </div>
      </Tabs>
    </section>
  )
}
