import Foundation
import OrchestratorCore
import Reporting

/// Writes what was asked for of one report into a folder.
struct ReportRendering {
    private let source: StoredReport
    private let templates: ReportTemplates
    private let selection: ReportSelection

    init(_ source: StoredReport, templates: ReportTemplates, selection: ReportSelection) {
        self.source = source
        self.templates = templates
        self.selection = selection
    }

    /// What was written, and what kept the rest from being written although nothing is wrong with the report.
    struct Outcome {
        var files: [String] = []
        var unwritten: PipelineError?
    }

    /// A document that cannot be printed keeps nothing else from being written.
    /// - Throws: the errors of writing; `CancellationError`.
    func write(into folder: String, progress: any ProgressListener) throws -> Outcome {
        let parts = selection.parts(frameworks: source.header.method.ruleSets.map(\.id))
        let writer = ReportWriter(source, templates: templates)
        var outcome = Outcome()
        progress.began(.render, total: parts.count)
        for (index, part) in parts.enumerated() {
            try Task.checkCancellation()
            switch part {
            case .file(let file):
                try writer.write(file, into: folder)
                outcome.files.append(file.rawValue)
            case .document(let document, let format):
                outcome.files.append(try writer.write(document, as: format, into: folder))
            case .printed(let document):
                guard outcome.unwritten == nil else { break }
                do {
                    try print(document, with: writer, into: folder)
                    outcome.files.append(document.name + ".pdf")
                } catch let error as PipelineError {
                    outcome.unwritten = error
                }
            }
            progress.advanced(.render, done: index + 1)
        }
        progress.ended(.render)
        return outcome
    }

    /// Printed from HTML in a folder of its own, so that nothing but a complete file appears beside the others.
    private func print(_ document: ReportDocument, with writer: ReportWriter, into folder: String) throws {
        let printer = try PagePrinter()
        let work = FileManager.default.temporaryDirectory.appending(path: "secorch-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw PipelineError(.badOutput, "cannot create \(work): \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(atPath: work) }
        let page = try writer.write(document, as: .html, into: work, isWhole: true)
        try printer.print("\(work)/\(page)", to: work + "/printed.pdf", at: source.header.run.finishedAt)
        try Self.place(work + "/printed.pdf", as: "\(folder)/\(document.name).pdf")
    }

    /// Copied beside its place first, since the two may lie on different disks.
    private static func place(_ file: String, as path: String) throws {
        let unfinished = path + ".unfinished"
        do {
            try? FileManager.default.removeItem(atPath: unfinished)
            try FileManager.default.copyItem(atPath: file, toPath: unfinished)
        } catch {
            throw PipelineError(.badOutput, "cannot write \(path): \(error.localizedDescription)")
        }
        guard rename(unfinished, path) == 0 else {
            throw PipelineError(.badOutput, "cannot put \(path) in place: \(String(cString: strerror(errno)))")
        }
    }
}
