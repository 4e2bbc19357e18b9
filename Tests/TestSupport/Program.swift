package import Foundation

/// The built program, run for real in a folder and a home of its own.
package struct Program: Sendable {
    package let folder: TemporaryFolder
    /// What the program sees of the environment.
    package var environment: [String: String]

    package static let path = ProjectFolder.build.appending(path: "release/secorch").path(percentEncoded: false)

    /// - Throws: where the folder cannot be made.
    package init() throws {
        folder = try TemporaryFolder()
        environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path + "/home",
            "LC_ALL": "C.UTF-8", "SECORCH_PACKS": ProjectFolder.packs.path(percentEncoded: false),
        ]
    }

    /// Runs the program to its end, from its folder.
    package func run(_ arguments: String...) throws -> ProcessResult { try run(arguments) }

    package func run(_ arguments: [String]) throws -> ProcessResult {
        try runProcess(Self.path, arguments, in: folder.path, environment: environment)
    }

    /// Scans `target` with reports in `out` and state in `state`, all below its folder.
    package func scan(_ target: String = "target", _ more: String..., out: String = "out") throws -> ProcessResult {
        try run(["scan", target, "--out", out, "--state", "state", "--quiet"] + more)
    }

    /// Starts the program and does not wait for it; what it prints goes nowhere.
    package func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Self.path)
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// The content of a file below the folder. Throws where there is none.
    package func text(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }

    /// A JSON file below the folder.
    package func json(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.url.appending(path: name))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// Scans `target` with a scripted model.
    package func scan(with configuration: String, _ more: String...) throws -> ProcessResult {
        try folder.write(configuration, to: "models.yaml")
        return try run(
            ["scan", "target", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml"] + more)
    }

    /// The model's part of the report of the last scan.
    package func review() throws -> [String: Any] {
        try json("out/report.json")["model_review"] as? [String: Any] ?? [:]
    }
}
