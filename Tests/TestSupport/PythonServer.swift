import Foundation

/// A server of `Fixtures/llm`, running until the value goes away. It prints its port and then nothing.
package final class PythonServer: Sendable {
    package let port: Int
    private let process: Process

    /// - Throws: where python3 does not start.
    package init(_ script: String, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let path = ProjectFolder.fixtures.appending(path: "llm/" + script).path(percentEncoded: false)
        process.arguments = ["python3", path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = output.fileHandleForReading.availableData
        guard let port = Int(String(decoding: line, as: UTF8.self).filter(\.isNumber)) else {
            throw CocoaError(.fileReadUnknown)
        }
        self.port = port
    }

    /// It inherits the signals that threads of the tests block, so that a polite one would not reach it.
    deinit { kill(process.processIdentifier, SIGKILL) }
}

/// The Ollama server of `Fixtures/llm/ollama.py`.
package final class ScriptedOllama: Sendable {
    private let folder: TemporaryFolder
    private let log: URL
    private let server: PythonServer

    package init() throws {
        folder = try TemporaryFolder()
        log = folder.url.appending(path: "ollama-\(UUID().uuidString)")
        server = try PythonServer("ollama.py", [log.path(percentEncoded: false)])
    }

    /// The requests with a body that it received, and the downloads that ended from the other side, in order.
    package var events: [String] {
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    package var url: String { "http://127.0.0.1:\(server.port)" }
}
