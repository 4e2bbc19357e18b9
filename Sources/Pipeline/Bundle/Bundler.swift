import Foundation
import OrchestratorCore
import Reporting
package import Store

/// Collects what an auditor needs to check and repeat a run, and bundles it.
///
/// Everything comes from what was recorded with the run, never from the installation of today: the same run under the same
/// key gives the same bytes.
package struct Bundler {
    static let ringName = "keys/keys.json"
    /// Every path of the run, an object a line.
    static let filesName = "files.jsonl"
    private static let signerName = "keys/signer.pem"

    private let run: RunRecord
    private let store: RunStore
    private let catalog: CatalogStore
    /// Nil for a bundle that nobody signs.
    private let key: KeyFile?

    package init(_ run: RunRecord, _ store: RunStore, _ catalog: CatalogStore, signingWith key: KeyFile?) {
        (self.run, self.store, self.catalog, self.key) = (run, store, catalog, key)
    }

    /// Writes the bundle of a finished run.
    /// - Parameter reports: writes the reports into an empty folder.
    /// - Returns: the absolute path of the bundle.
    /// - Throws: `badOutput`, `badKey`, `unknownRun`, and what `reports` throws.
    package func write(into out: String, reports: (_ folder: String) throws -> Void) throws -> String {
        let (signer, ring) =
            try key.map { key in
                let (signer, ring) = try key.load()
                return (Optional(signer), Optional(ring))
            } ?? (nil, nil)
        let folder = try OutputFolder(out, root: nil).path
        let work = "\(folder)/.bundle-\(run.id)"
        try? FileManager.default.removeItem(atPath: work)
        defer { try? FileManager.default.removeItem(atPath: work) }
        var writer = BundleWriter()
        try reports(work)
        for name in try FileManager.default.contentsOfDirectory(atPath: work) {
            writer.add("reports/\(name)", .file("\(work)/\(name)"))
        }
        try addInputs(to: &writer)
        try addFiles(to: &writer, by: work + ".files")
        defer { unlink(work + ".files") }
        if let signer { writer.add(Self.signerName, .bytes(Array(KeyText.pem(signer.publicKey).utf8))) }
        if let ring { writer.add(Self.ringName, .bytes(ring.bytes)) }
        guard let finishedAt = run.finishedAt, let target = try manifest?.target else { throw unfinished }
        let path = "\(folder)/evidence-\(run.id).tar"
        try writer.write(to: path, signingWith: signer) { members in
            BundleManifest(
                toolVersion: run.settings.version, run: run.id, finishedAt: finishedAt, target: run.repository.name,
                commit: run.repository.revision?.commit, targetDigest: target, signer: signer?.publicKey,
                members: members)
        }
        return path
    }

    private var manifest: AssessmentManifest? {
        get throws { try Journal(store, run: run).output(AssessmentManifest.self, of: .map) }
    }

    private var unfinished: PipelineError {
        PipelineError(.unknownRun, "the run \(run.id) is \(run.state.rawValue); only finished runs can be bundled")
    }

    private func addInputs(to writer: inout BundleWriter) throws {
        writer.add("run.json", .bytes(BundledRecords.run(run)))
        writer.add("configuration.json", .bytes(BundledRecords.configuration(run.settings)))
        // Runs of a version that kept no texts have the digest alone.
        let rules = try catalog.texts(.detectionRules, run.settings.detectionRules) ?? [:]
        writer.add("detection-rules.json", .bytes(BundledRecords.rules(run.settings, files: rules.keys.sorted())))
        for (name, text) in rules { writer.add("\(BundledRecords.ruleFolder)/\(name)", .bytes(Array(text.utf8))) }
        for pinned in run.settings.ruleSets {
            guard let ruleSet = try catalog.ruleSet(pinned.digest) else {
                throw PipelineError(.unknownRun, "the rule set \(pinned.id) as the run used it is not in this state")
            }
            writer.add(Self.memberName(pinned), .bytes(try BundledRecords.ruleSet(ruleSet)))
        }
        for (name, text) in try catalog.texts(.templates, run.settings.templates) ?? [:] {
            writer.add("templates/\(name)", .bytes(Array(text.utf8)))
        }
    }

    /// The rule set's id as far as it is plain, and its digest, since an organisation may call its own what it likes.
    private static func memberName(_ pinned: PinnedRuleSet) -> String {
        let plain = String(pinned.id.map { TarHeader.isPlain(String($0)) ? $0 : "_" }.prefix(60))
        return "rulesets/\(plain)-\(pinned.digest.hex.prefix(12)).json"
    }

    /// Every path with size, digest and coverage, an object a line; memory does not grow with their number.
    private func addFiles(to writer: inout BundleWriter, by path: String) throws {
        let sink = try FileSink(path: path)
        do {
            try store.forEachFile(run: run.id) { _, entry in
                try sink.write(BundledRecords.file(entry).text + "\n")
            }
            try sink.finish()
        } catch {
            sink.abandon()
            throw error
        }
        writer.add(Self.filesName, .file(path))
    }
}
