import Foundation
package import Reporting

/// A folder of the user's with templates in place of the program's. Files that are not in it stay the program's.
package struct TemplateFolder: Sendable {
    private let path: String
    /// Bytes above which a template is refused.
    private static let largest = 1 << 20

    /// - Parameter path: named by the user, never by a scanned repository.
    package init(_ path: String) { self.path = OutputFolder.absolute(path) }

    /// The program's templates with the user's in place, checked.
    /// - Throws: `badConfiguration` for a folder or file that cannot be used, `badTemplate` with file and line.
    package func templates(over shipped: ReportTemplates) throws -> ReportTemplates {
        let own = try files()
        try shipped.check(own) { "\(path)/\($0)" }
        return shipped.replacing(own)
    }

    private func files() throws -> [String: String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw PipelineError(
                .badConfiguration, "cannot read the templates in \(path): \(error.localizedDescription)")
        }
        var own: [String: String] = [:]
        // Notes beside the templates are nobody's business.
        for name in names where !name.hasPrefix(".") && name != "README.md" {
            guard ReportTemplates.names.contains(name) else {
                throw PipelineError(
                    .badConfiguration,
                    "\(path)/\(name) is no template; expected \(ReportTemplates.names.joined(separator: ", "))")
            }
            own[name] = try text(name)
        }
        guard !own.isEmpty else {
            throw PipelineError(
                .badConfiguration,
                "there is no template in \(path); expected some of \(ReportTemplates.names.joined(separator: ", "))")
        }
        return own
    }

    private func text(_ name: String) throws -> String {
        let file = "\(path)/\(name)"
        guard let data = FileManager.default.contents(atPath: file) else {
            throw PipelineError(.badConfiguration, "cannot read the template \(file)")
        }
        guard data.count <= Self.largest, let text = String(validating: data, as: UTF8.self) else {
            throw PipelineError(.badConfiguration, "\(file): expected UTF-8 text of at most \(Self.largest) bytes")
        }
        return text
    }
}

extension Installation {
    /// The templates of reports, with those of a folder of the user's in place.
    /// - Throws: `installation`, and the errors of `TemplateFolder`.
    package func templates(replacedBy folder: String? = nil) throws -> ReportTemplates {
        var parts: [String: String] = [:]
        for name in ReportTemplates.names { parts[name] = try text("templates/reports/" + name) }
        guard let shipped = ReportTemplates(parts: parts) else {
            throw PipelineError(.installation, "the templates in \(home)/templates/reports are incomplete")
        }
        return try folder.map { try TemplateFolder($0).templates(over: shipped) } ?? shipped
    }
}
