/** What the keys do. */

import { useQuery } from "@tanstack/react-query"
import { projectQuery } from "../api/queries.ts"
import { Dialog } from "../elements/dialog.tsx"
import { shortcuts } from "./shortcuts.ts"

export const Help = ({ onClose }: { readonly onClose: () => void }) => {
  const { data: project } = useQuery(projectQuery())
  return (
    <Dialog label="Keyboard" className="help" onClose={onClose}>
      <header className="help-head">
        <h2>Keyboard</h2>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </header>
      {shortcuts.map(({ where, keys }) => (
        <section key={where}>
          <h3>{where}</h3>
          <dl className="help-keys">
            {keys.map((shortcut) => (
              <div key={shortcut.does}>
                <dt>
                  {shortcut.keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{shortcut.does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {project === undefined ? null : (
        <p className="faint">
          assay {project.version} · store {project.store}
        </p>
      )}
    </Dialog>
  )
}
