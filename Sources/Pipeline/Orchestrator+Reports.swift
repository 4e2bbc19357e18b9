import OrchestratorCore
package import Reporting
package import Store

extension Orchestrator {
    /// Writes the report of a finished run again, from what was recorded then: the same bytes.
    /// - Returns: the absolute folder the files are in.
    /// - Throws: `unknownRun` where it did not finish or its rule sets are gone; the errors of reading and writing.
    package func report(
        _ run: RunRecord, in store: RunStore, _ catalog: CatalogStore, files: [ReportFile], out: String
    ) throws -> String {
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
        guard let parts = try catalog.templates(run.settings.templates), let templates = ReportTemplates(parts: parts)
        else {
            throw PipelineError(.unknownRun, "the templates as the run used them are not in this state")
        }
        let folder = try OutputFolder(out, root: nil)
        let report = try StoredReport(store, run: run, manifest: manifest, ruleSets: ruleSets, finishedAt: finishedAt) {
            _ in exitCode
        }
        let writer = ReportWriter(report, templates: templates)
        for file in files { try writer.write(file, into: folder.path) }
        return folder.path
    }
}

extension Installation {
    /// The templates of reports. Throws `installation`.
    package func templates() throws(PipelineError) -> ReportTemplates {
        ReportTemplates(
            report: try text("templates/reports/report.md"), page: try text("templates/reports/page.html"),
            style: try text("templates/reports/style.css"))
    }
}
