import Foundation

/// What a finished program left behind.
package struct ProcessResult: Sendable {
    package let status: Int32
    package let output: [UInt8]
    package let errors: [UInt8]

    package var text: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Runs a program to its end. `environment` replaces the inherited one where given.
package func runProcess(
    _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String]? = nil
) throws -> ProcessResult {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    if let environment { process.environment = environment }
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Both pipes are drained at once, or a chatty program would block on the one nobody reads.
    let errorBytes = DispatchQueue.global().syncResult { errors.fileHandleForReading.readDataToEndOfFile() }
    let outputBytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return ProcessResult(status: process.terminationStatus, output: Array(outputBytes), errors: Array(errorBytes()))
}

extension DispatchQueue {
    /// Starts the work; calling the result waits for it.
    fileprivate func syncResult(_ work: @escaping @Sendable () -> Data) -> () -> Data {
        let box = ResultBox()
        let group = DispatchGroup()
        async(group: group) { box.data = work() }
        return {
            group.wait()
            return box.data
        }
    }
}

/// Written before the group is left and read after, so never at once.
private final class ResultBox: @unchecked Sendable {
    var data = Data()
}
