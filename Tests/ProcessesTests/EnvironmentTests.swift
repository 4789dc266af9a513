import Base
import Foundation
import Testing

@testable import Processes

struct EnvironmentTests {
    @Test func `our own environment is read as it is`() {
        #expect(Environment.own == ProcessInfo.processInfo.environment)
    }

    @Test func `git gets nothing that names another repository`() {
        let own = [
            "GIT_DIR": "/x", "GIT_WORK_TREE": "/x", "GIT_INDEX_FILE": "/x", "GIT_PREFIX": "a",
            "GIT_CONFIG_PARAMETERS": "'a.b=c'", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a",
            "GIT_AUTHOR_DATE": "1 +0000", "GIT_TRACE": "1", "GIT_AUTHOR_NAME": "Ada",
            "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/bin", "LC_ALL": "de_DE.UTF-8",
        ]
        #expect(
            Environment.forGit(own) == [
                "GIT_AUTHOR_NAME": "Ada", "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/bin",
                "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0",
            ])
    }

    @Test func `workers get no keys`() {
        let own = [
            "PATH": "/bin", "HOME": "/h", "LC_TIME": "C", "XDG_CACHE_HOME": "/c", "TZ": "UTC",
            "OPENAI_API_KEY": "k", "GITHUB_TOKEN": "t", "GIT_DIR": "/x", "LD_PRELOAD": "l",
            "SSH_AUTH_SOCK": "/s",
        ]
        #expect(
            Set(Environment.forWorkers(own).keys)
                == ["PATH", "HOME", "LC_TIME", "XDG_CACHE_HOME", "TZ"])
    }
}
