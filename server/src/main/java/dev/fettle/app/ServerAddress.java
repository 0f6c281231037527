package dev.fettle.app;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The address of a server as a person types it: a scheme, a host, and no more than a slash. */
final class ServerAddress implements ITypeConverter<URI> {
  @Override
  public URI convert(String text) {
    try {
      URI url = new URI(text.strip().replaceFirst("/+$", ""));
      if (url.getHost() != null
          && String.valueOf(url.getScheme()).matches("(?i)https?")
          && url.getRawPath().isEmpty()
          && url.getQuery() == null
          && url.getFragment() == null
          && url.getUserInfo() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private static TypeConversionException wrong(String text) {
    return new TypeConversionException(
        "'%s' is no address of a server; say it as http://localhost:8080".formatted(text));
  }
}
