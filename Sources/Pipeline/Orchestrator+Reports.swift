import OrchestratorCore
package import Reporting
package import Store

extension Orchestrator {
    /// Writes the report of a finished run again, from what was recorded then: the same bytes.
    /// - Parameter own: templates in place of those the run used; the report names them.
    /// - Returns: the folder the files are in, their names, and why a document could not be printed.
    /// - Throws: `unknownRun` where it did not finish or its rule sets are gone; the errors of reading and writing.
    package func report(
        _ run: RunRecord, in store: RunStore, _ catalog: CatalogStore, selection: ReportSelection,
        templates own: ReportTemplates? = nil, out: String
    ) throws -> (folder: String, files: [String], unwritten: PipelineError?) {
        guard run.state == .finished, let finishedAt = run.finishedAt, let exitCode = run.exitCode,
            let manifest = try Journal(store, run: run).output(AssessmentManifest.self, of: .map)
        else {
            throw PipelineError(
                .unknownRun, "the run \(run.id) is \(run.state.rawValue); only finished runs have a report")
        }
        let ruleSets = try run.settings.ruleSets.map { pinned in
            guard let ruleSet = try catalog.ruleSet(pinned.digest) else {
                throw PipelineError(.unknownRun, "the rule set \(pinned.id) as the run used it is not in this state")
            }
            return ruleSet
        }
        let templates = try own ?? recordedTemplates(of: run, catalog)
        let folder = try OutputFolder(out, root: nil)
        let report = try StoredReport(
            store, run: run, manifest: manifest, ruleSets: ruleSets, templates: own?.digest, finishedAt: finishedAt,
            exitCode: { _ in exitCode })
        let outcome = try ReportRendering(report, templates: templates, selection: selection)
            .write(into: folder.path, progress: NoProgress())
        return (folder.path, outcome.files, outcome.unwritten)
    }

    private func recordedTemplates(of run: RunRecord, _ catalog: CatalogStore) throws -> ReportTemplates {
        guard let parts = try catalog.texts(.templates, run.settings.templates),
            let templates = ReportTemplates(parts: parts)
        else {
            throw PipelineError(.unknownRun, "the templates as the run used them are not in this state")
        }
        return templates
    }
}
