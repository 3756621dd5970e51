import java.io.IOException;
import java.nio.file.Path;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One OpenSearch node on the loopback, without security: `java OpenSearchNode.java PORT DIRECTORY`. Prints `ready` when it
 * answers, and ends when its standard input does, so that it never outlives whoever has started it.
 */
public final class OpenSearchNode {
  public static void main(String[] args) throws IOException {
    String port = args[0];
    Path directory = Path.of(args[1]);
    OpenSearchRunner runner = new OpenSearchRunner();
    runner.onBuild(
        (index, settings) -> {
          settings.put("http.port", port);
          settings.put("transport.port", "0");
          settings.put("network.host", "127.0.0.1");
          settings.put("discovery.type", "single-node");
          // The disk of whoever tests is theirs to fill, and a misspelt index is an error.
          settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
          settings.put("action.auto_create_index", "false");
        });
    runner.build(
        OpenSearchRunner.newConfigs().basePath(directory.toString()).numOfNode(1).clusterName("boxoffice"));
    runner.ensureYellow();
    // The runner has taken over the standard output: behind this line stands a time.
    System.out.println("ready");
    System.out.flush();
    while (System.in.read() >= 0) {
      // Nothing is said to it.
    }
    runner.close();
    System.exit(0);
  }
}
