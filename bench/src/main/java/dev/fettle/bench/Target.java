package dev.fettle.bench;

/** The requests that are measured: the product's, and the bare ones that they are held against. */
enum Target {
  BARE_SELECT_SMALL(200),
  BARE_SELECT_DEVICE(200),
  BARE_INSERT(202),
  POLL(200),
  GET_DEVICE(200),
  LIST_DEVICES(200),
  UPDATE_SOFTWARE(202);

  /** How many devices there are. */
  static final int DEVICES = 10_000;

  static final String TENANT = "6f1e77ae-0000-4000-8000-000000000001";

  private static final String[] SOFTWARE = {
    "adminAgent", "operatingSystem", "teamsClient", "firmware", "partnerAgent", "companyPortal"
  };

  private final int status;

  Target(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  static String deviceId(int number) {
    return "00000000-0000-4000-8000-%012d".formatted(number % DEVICES);
  }

  /** The request of a running number, which picks the device. */
  byte[] request(int number) {
    String id = deviceId(number);
    return switch (this) {
      case BARE_SELECT_SMALL -> Load.bytes("GET /bare/select/small/" + id + " HTTP/1.1\r\n", "");
      case BARE_SELECT_DEVICE -> Load.bytes("GET /bare/select/device/" + id + " HTTP/1.1\r\n", "");
      case BARE_INSERT ->
          Load.bytes(
              "POST /bare/insert HTTP/1.1\r\n", "{\"softwareType\":\"" + software(number) + "\"}");
      case POLL ->
          Load.bytes(
              "GET /"
                  + TENANT
                  + "/controller/v1/"
                  + id
                  + " HTTP/1.1\r\nAuthorization: TargetToken token-"
                  + id
                  + "\r\nAccept: application/json\r\n",
              "");
      case GET_DEVICE ->
          Load.bytes(
              "GET /beta/teamwork/devices/" + id + " HTTP/1.1\r\nAuthorization: Bearer x\r\n", "");
      case LIST_DEVICES ->
          Load.bytes(
              "GET /beta/teamwork/devices?$top=50 HTTP/1.1\r\nAuthorization: Bearer x\r\n", "");
      case UPDATE_SOFTWARE ->
          Load.bytes(
              "POST /beta/teamwork/devices/"
                  + id
                  + "/updateSoftware HTTP/1.1\r\nAuthorization: Bearer x\r\n",
              "{\"softwareType\":\"" + software(number) + "\"}");
    };
  }

  /** Another software type each time round the devices: so requests do not conflict. */
  private static String software(int number) {
    return SOFTWARE[number / DEVICES % SOFTWARE.length];
  }
}
