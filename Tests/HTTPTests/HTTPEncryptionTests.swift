import Base
import Foundation
import HTTP
import TestSupport
import Testing

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct HTTPEncryptionTests {
    /// Runs `openssl` in the folder.
    private func openssl(_ scratch: borrowing Scratch, _ arguments: String...) throws {
        let result = try Shell.run(
            ["openssl"] + arguments, in: scratch.path,
            environment: Shell.environment(home: scratch.path))
        try #require(result.status == 0, "\(result.text)")
    }

    /// A certificate for the name, in `cert.pem` and `key.pem`.
    private func makeCertificate(_ scratch: borrowing Scratch, name: String) throws {
        try openssl(
            scratch, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj",
            "/CN=\(name)", "-addext", "subjectAltName=\(name)")
    }

    /// Asks a TLS server with the certificate that lies in the folder.
    private func ask(
        _ scratch: borrowing Scratch, trusting: String?, folder: AbsolutePath? = nil
    ) async throws -> (HTTPError.Reason?, Int?) {
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        server.arguments = [
            "s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-www",
        ]
        server.currentDirectoryURL = URL(fileURLWithPath: scratch.path.description)
        let output = Pipe()
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        server.standardInput = FileHandle.nullDevice
        try server.run()
        defer { server.terminate() }
        var text = ""
        // "ACCEPT 127.0.0.1:PORT" is its first word.
        while !text.contains("\n") || !text.contains("ACCEPT") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        let port = try #require(
            text.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }?.split(separator: ":").last
        )
        var route = HTTPRoute()
        route.authorityFile = trusting.map { scratch.path.appending($0).description }
        // An empty folder, so that the machine's own certificates play no part.
        route.authorityFolder = scratch.path.description
        let client = try HTTPClient(route: route)
        do throws(HTTPError) {
            let response = try await client.send(
                HTTPRequest("GET", HTTPURL("https://127.0.0.1:\(port)/")))
            return (nil, response.status)
        } catch {
            return (error.reason, nil)
        }
    }

    @Test
    func `a certificate from the given authority is trusted`() async throws {
        let scratch = try Scratch()
        try makeCertificate(scratch, name: "IP:127.0.0.1")
        let (reason, status) = try await ask(scratch, trusting: "cert.pem")
        #expect(reason == nil)
        #expect(status == 200)
    }

    @Test
    func `a certificate from nobody is a fact, not a connection`() async throws {
        let scratch = try Scratch()
        try makeCertificate(scratch, name: "IP:127.0.0.1")
        try openssl(
            scratch, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", "other-key.pem", "-out", "other.pem", "-days", "2", "-subj",
            "/CN=other")
        let (reason, _) = try await ask(scratch, trusting: "other.pem")
        #expect(reason == .certificate(.selfSigned))
    }

    @Test
    func `a certificate for another host is refused`() async throws {
        let scratch = try Scratch()
        try makeCertificate(scratch, name: "DNS:example.org")
        let (reason, _) = try await ask(scratch, trusting: "cert.pem")
        #expect(reason == .certificate(.wrongHost))
    }

    @Test
    func `an expired certificate is refused`() async throws {
        let scratch = try Scratch()
        // Only this command of openssl makes one that has ended.
        try openssl(
            scratch, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "key.pem", "-out", "cert.csr", "-subj", "/CN=old")
        try openssl(
            scratch, "x509", "-req", "-in", "cert.csr", "-signkey", "key.pem", "-days", "-1",
            "-out", "cert.pem")
        let (reason, _) = try await ask(scratch, trusting: "cert.pem")
        #expect(reason == .certificate(.expired))
    }

    @Test
    func `a file of authorities that is not there is said so`() async throws {
        let scratch = try Scratch()
        try makeCertificate(scratch, name: "IP:127.0.0.1")
        let (reason, _) = try await ask(scratch, trusting: "missing.pem")
        #expect(reason == .unusableAuthorities)
    }
}
