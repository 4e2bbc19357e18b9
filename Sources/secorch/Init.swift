import ArgumentParser
import Foundation
import Pipeline

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a commented secorch.yaml for you to change.",
        discussion: "Never overwrites a file.")

    @Option(
        name: .customLong("config"), help: "Where to write it (default: $XDG_CONFIG_HOME/secorch/secorch.yaml).")
    var file: String?

    func run() throws {
        let path = file ?? ConfigurationOptions.standard()
        let text = try Installation().text("templates/secorch.yaml")
        do {
            try FileManager.default.createDirectory(
                atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
        } catch {
            let reason = FileManager.default.fileExists(atPath: path) ? "it exists already" : error.localizedDescription
            throw PipelineError(.badConfiguration, "cannot write \(path): \(reason)")
        }
        Console.print(path)
    }
}
