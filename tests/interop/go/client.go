// Google's own long-running client for Go: `client ADDRESS SHELF CHECK…`.
//
// Each check has a shelf of its own and gives one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"cloud.google.com/go/longrunning"
	operations "cloud.google.com/go/longrunning/autogen"
	"google.golang.org/api/option"
	"google.golang.org/grpc"

	library "example/library/v1"
)

// client is what generated clients for Go hold.
type client struct {
	ctx        context.Context
	library    library.LibraryServiceClient
	operations *operations.OperationsClient
}

// checks are all that there are, by their names.
var checks = map[string]func(client, string) error{
	"start":    start,
	"refuse":   refuse,
	"metadata": metadata,
	"result":   result,
	"failure":  failure,
	"cancel":   cancel,
	"delete":   remove,
	"list":     list,
	"filter":   filter,
	"wait":     wait,
}

func main() {
	address, shelf, names := os.Args[1], os.Args[2], os.Args[3:]
	ctx := context.Background()
	connection, err := grpc.DialContext(ctx, address, grpc.WithInsecure())
	if err != nil {
		panic(err)
	}
	inner, err := operations.NewOperationsClient(ctx, option.WithGRPCConn(connection))
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		line := map[string]string{"check": name}
		if err := run(connection, inner, name, shelf); err != nil {
			line["error"] = err.Error()
		}
		text, _ := json.Marshal(line)
		fmt.Println(string(text))
	}
}

// run runs one check, which has 30 seconds.
func run(connection *grpc.ClientConn, inner *operations.OperationsClient, name, shelf string) error {
	check, known := checks[name]
	if !known {
		return fmt.Errorf("there is no such check")
	}
	ctx, end := context.WithTimeout(context.Background(), 30*time.Second)
	defer end()
	return check(client{ctx, library.NewLibraryServiceClient(connection), inner}, fmt.Sprintf("%s-%s", shelf, name))
}

// importBooks starts an import, as a generated client does.
func (c client) importBooks(shelf string, books ...string) (*longrunning.Operation, error) {
	request := &library.ImportBooksRequest{Parent: shelf}
	for _, book := range books {
		request.Uris = append(request.Uris, "books://"+book)
	}
	started, err := c.library.ImportBooks(c.ctx, request)
	if err != nil {
		return nil, err
	}
	return longrunning.InternalNewOperation(c.operations, started), nil
}

// end polls until an operation is done; its own error is the error.
func (c client) end(operation *longrunning.Operation) error {
	for {
		if err := operation.Poll(c.ctx, nil); err != nil || operation.Done() {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}
